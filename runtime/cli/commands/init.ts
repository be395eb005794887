/** `neuroplex init`: writes a first project that runs. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { FolderNotEmptyError } from '../errors.ts'
import { firstProject, packageName } from '../init/project.ts'
import { print, printDocument, styled } from '../output.ts'
import { type OwnPackage, ownPackage } from '../package.ts'
import { type CommonOptions, newCommand } from '../program.ts'

/** What an empty folder may hold: a repository that was made for the project. */
const IGNORED = new Set(['.git'])

export function init(): Command {
  return newCommand('init', 'write a first project that runs', ['neuroplex init my-agents'])
    .argument('[folder]', 'where to write it; it has to be new or empty', '.')
    .action(writeProject)
}

async function writeProject(given: string, options: CommonOptions): Promise<void> {
  const folder = resolve(given)
  if (existsSync(folder) && readdirSync(folder).some((name) => !IGNORED.has(name)))
    throw new FolderNotEmptyError(folder)
  const own = ownPackage()
  const project = firstProject(packageName(basename(folder)), own)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(project))
    writeFileSync(join(folder, name), content, { flag: 'wx' })
  const files = Object.keys(project)
  const next = nextCommands(folder, own)
  if (options.json) return printDocument({ folder, files, next })
  await print(`wrote ${files.join(', ')} to ${folder}\n\n${styled('bold', 'Next:')}`)
  for (const command of next) await print(`  ${command}`)
  await print(`\nand in a second terminal, in that folder:\n  npx neuroplex top`)
}

function nextCommands(folder: string, own: OwnPackage): string[] {
  const way = relative('', folder)
  const built = own.installed || existsSync(join(own.folder, 'dist'))
  return [
    ...(built ? [] : [`npm run build --prefix ${quoted(own.folder)}`]),
    ...(way === '' ? [] : [`cd ${quoted(way)}`]),
    'npm install',
    'npm start',
  ]
}

/** As a shell needs it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
