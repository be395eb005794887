import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { firstProject, packageName } from '../../../runtime/cli/init/project.ts'
import { ownPackage } from '../../../runtime/cli/package.ts'
import { Folder, neuroplex, RunningNode } from './command.ts'

const CHECKOUT = resolve(import.meta.dirname, '../../..')

test('init writes a project and says how to start it', async () => {
  using folder = new Folder()
  const { code, stdout } = await neuroplex(['init', 'My Agents'], folder.path)
  assert.equal(code, 0)
  assert.match(stdout, /cd My Agents|cd 'My Agents'/)
  assert.match(stdout, /^ {2}npm start$/m)
  const manifest = JSON.parse(readFileSync(join(folder.path, 'My Agents/package.json'), 'utf8'))
  assert.equal(manifest.name, 'my-agents')
  assert.deepEqual(manifest.dependencies, { neuroplex: `file:${CHECKOUT}` })
})

test('init tells its files and the next commands as JSON', async () => {
  using folder = new Folder()
  const { stdout } = await neuroplex(['init', '--json'], folder.path)
  const { folder: written, files, next } = JSON.parse(stdout)
  assert.equal(written, folder.path)
  assert.deepEqual(files, ['package.json', 'tsconfig.json', '.gitignore', 'agents.ts', 'README.md'])
  assert.deepEqual(next.slice(-2), ['npm install', 'npm start'])
})

test('init leaves a folder that is not empty as it is, but takes one with a repository', async () => {
  using folder = new Folder()
  mkdirSync(join(folder.path, '.git'))
  assert.equal((await neuroplex(['init'], folder.path)).code, 0)
  const again = await neuroplex(['init'], folder.path)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^neuroplex: the folder .* is not empty; give the name of a new one/)
})

test('a project made by an installed package depends on its version', () => {
  const own = { ...ownPackage(), installed: true, version: '1.2.3' }
  assert.deepEqual(JSON.parse(firstProject('x', own)['package.json'] ?? '').dependencies, {
    neuroplex: '^1.2.3',
  })
})

test('any folder name becomes a package name', () => {
  assert.equal(packageName('Agents & Co.'), 'agents-co.')
  assert.equal(packageName('_.x'), 'x')
  assert.equal(packageName('火'), 'my-agents')
})

test('the project runs: the forecaster fails now and then and is restarted, the reporter goes on', async () => {
  using folder = new Folder()
  await neuroplex(['init', 'demo'], folder.path)
  const project = join(folder.path, 'demo')
  installSources(project)
  await using node = await RunningNode.up(join(project, 'agents.ts'), project)
  const restarted = await node.saying(/^restarted \/user\/root\/forecaster/)
  await node.saying(/^Lisbon: \d+ °C, reading 4/)
  await node.saying(/^no forecast this time: the sensor has broken down/)
  assert.match(restarted.msg, /the sensor has broken down/)
  node.process.kill('SIGINT')
  assert.equal(await node.ended, 0)
})

/** Stands for the installed package, without a build. */
function installSources(project: string): void {
  const folder = join(project, 'node_modules/neuroplex')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "neuroplex", "type": "module", "exports": "./index.js" }',
  )
  const sources = pathToFileURL(join(CHECKOUT, 'runtime/index.ts')).href
  writeFileSync(join(folder, 'index.js'), `export * from '${sources}'\n`)
}
