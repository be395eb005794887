/** The package that this command belongs to: its version, and whether it is an installed one or a checkout. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

export interface OwnPackage {
  name: string
  version: string
  folder: string
  /** Installed under a node_modules folder, and not run from a checkout of the sources. */
  installed: boolean
}

export function ownPackage(from = import.meta.dirname): OwnPackage {
  let folder = from
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
  }
  const installed = folder.split(sep).includes('node_modules')
  return { name, version, folder, installed }
}
