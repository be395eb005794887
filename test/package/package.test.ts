/** The packed tarball in a project of its own: what is in it, its types, its programs and its command. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { findOldNode } from './old-node.ts'
import { type Packed, Project, pack } from './project.ts'

describe('the packed package', () => {
  const project = new Project()
  let packed: Packed

  before(async () => {
    packed = await pack(project.folder)
    await project.install(packed.tarball)
  })
  after(() => project[Symbol.dispose]())

  test('holds the built product and nothing else', () => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|dist\/(protocols|storage|runtime|actors)\/.+\.(js|d\.ts))$/
    assert.deepEqual(
      packed.files.filter((file) => !allowed.test(file)),
      [],
    )
    assert.ok(packed.files.includes('LICENSE'), 'The licence is in the package.')
  })

  test("a user's sources compile against its types, its own declarations included", async () => {
    const tsc = join(project.folder, 'node_modules', '.bin', 'tsc')
    const { code, stdout } = await project.run(project.node, [tsc, '--project', 'tsconfig.json'])
    assert.equal(code, 0, stdout)
  })

  test("a user's program runs unbuilt", async () => {
    const { code, stdout, stderr } = await project.run(project.node, ['main.ts'])
    assert.equal(code, 0, stderr)
    const expected = { path: '/user/counter', total: 3, quick: 4, items: [3, 2, 1], onThread: true }
    assert.deepEqual(JSON.parse(stdout), expected)
  })

  test('the shared plan of the README runs as it is written there', async () => {
    const section = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split(
      '## Shared plans',
    )[1]!
    const [actors, program] = [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    writeFileSync(join(project.folder, 'planners.ts'), actors!)
    writeFileSync(join(project.folder, 'plan.ts'), program!)
    const { code, stdout, stderr } = await project.run(project.node, ['plan.ts'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /'design'/)
    assert.match(stdout, / 90\n/)
    assert.match(stdout, /'added build'/)
  })

  test('the decision of the README runs as it is written there, and its proof convinces', async () => {
    const section = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split(
      '## Decisions',
    )[1]!
    const [actors, program] = [...section.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    writeFileSync(join(project.folder, 'guards.ts'), actors!)
    writeFileSync(join(project.folder, 'decide.ts'), program!)
    const { code, stdout, stderr } = await project.run(project.node, ['decide.ts'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /3 of 4 signed\n\d+ \{ message: 'mail-1', verdict: 'spam' \}/)
    const genesis = '.neuroplex/validators/genesis.json'
    const judged = await project.run(project.node, [
      command(),
      'verify',
      'mail-1.proof',
      '--genesis',
      genesis,
    ])
    assert.equal(judged.code, 0, judged.stderr)
    assert.match(judged.stdout, /quarantine/)
  })

  test('every entry point can be imported without the optional packages', async () => {
    const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      exports: Record<string, unknown>
    }
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'))
    const imports = entries.map((entry) => `await import('${entry.replace('.', 'neuroplex')}')`).join('; ')
    const { code, stderr } = await project.run(project.node, ['--input-type=module', '--eval', imports])
    assert.equal(code, 0, stderr)
  })

  test('npx starts the command with the Node that the package brings along', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const { code, stdout, stderr } = await project.run('npx', ['--no-install', 'neuroplex', '--version'])
    assert.equal(code, 0, stderr)
    assert.equal(stdout.trim(), version)
  })

  test('neuroplex run starts a supervisor and stops it in order', async () => {
    const child = project.start(project.node, [command(), 'run', './agents.ts'])
    let printed = ''
    let asked = false
    child.stderr?.on('data', (chunk) => (printed += chunk))
    for await (const chunk of child.stdout ?? []) {
      printed += chunk
      if (!asked && printed.includes('The greeter has started.')) asked = child.kill('SIGINT')
    }
    if (child.exitCode === null) await once(child, 'exit')
    assert.match(printed, /The greeter has started\.[\s\S]*The greeter has stopped\./)
  })

  test('a Node that is too old hands over to the one that the package brings along', async (t) => {
    const oldNode = findOldNode()
    if (oldNode === undefined) return t.diagnostic(NO_OLD_NODE)
    const { code, stdout, stderr } = await project.run(oldNode, [command(), '--version'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  })

  test('a Node that is too old gets one sentence where npm left that one out', async (t) => {
    const oldNode = findOldNode()
    if (oldNode === undefined) return t.diagnostic(NO_OLD_NODE)
    project.removeNode()
    const { code, stdout, stderr } = await project.run(oldNode, [command(), '--version'])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /^neuroplex needs Node\.js 24 or newer, but this is Node\.js [\d.]+: .*nodejs\.org.*\n$/,
    )
  })

  function command(): string {
    return join(project.folder, 'node_modules', 'neuroplex', 'dist', 'runtime', 'cli', 'bin.js')
  }
})

const NO_OLD_NODE = 'There is no Node below 24 on the path; the check itself has its own test.'
