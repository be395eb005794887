/** Loads the parts that are native code: they are what an installation made for another machine breaks. */
import { createRequire } from 'node:module'
import { type Finding, fail, ok, warn } from './finding.ts'

interface Part {
  specifier: string
  neededFor: string
  /** Whether neuroplex does its work without it. */
  optional: boolean
}

const PARTS: readonly Part[] = [
  { specifier: 'node:sqlite', neededFor: 'storage on this machine', optional: false },
  { specifier: '@napi-rs/nice', neededFor: 'computations at a lower priority', optional: true },
]

export function examineNativeParts(
  load: (specifier: string) => unknown = createRequire(import.meta.url),
): Finding[] {
  return PARTS.map((part) => examine(part, load))
}

function examine({ specifier, neededFor, optional }: Part, load: (specifier: string) => unknown): Finding {
  const name = `native:${specifier}`
  try {
    load(specifier)
    return ok(name, `${specifier} loads (${neededFor})`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (optional && code === 'MODULE_NOT_FOUND')
      return ok(name, `${specifier} is not installed (only for ${neededFor})`)
    const advice = 'install the packages again on this machine: remove node_modules and run `npm install`'
    return (optional ? warn : fail)(name, `${specifier} does not load: ${message.split('\n')[0]}`, advice)
  }
}
