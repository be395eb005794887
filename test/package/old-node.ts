/** Finds a Node on the user's path that is too old for neuroplex, so that its refusal can be seen. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { nodeVersionProblem } from '../../runtime/node-version.ts'
import { userPath } from './project.ts'

export function findOldNode(): string | undefined {
  const candidates = userPath()
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
  return candidates.find((node) => existsSync(node) && nodeVersionProblem(versionOf(node)) !== undefined)
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace('v', '')
}
