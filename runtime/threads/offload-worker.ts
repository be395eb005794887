/**
 * The entry of the offload pool's threads: calls an exported function of a module.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'
import { errorToWire, toError, type WireError } from '../../protocols/payload/wire-error.ts'

/** What a job ends with; an error in its wire form, because structured clone drops its class and code. */
export type Outcome = { value: unknown } | { error: WireError }

export default async function run(job: { module: string; fn: string; args: unknown[] }): Promise<Outcome> {
  try {
    return { value: await call(job) }
  } catch (thrown) {
    return { error: errorToWire(toError(thrown)) }
  }
}

async function call(job: { module: string; fn: string; args: unknown[] }): Promise<unknown> {
  const exports = (await import(job.module)) as Record<string, unknown>
  const fn = exports[job.fn]
  if (typeof fn !== 'function')
    throw new InvalidOptionError(`${job.module} exports no function "${job.fn}"; export it to offload it`)
  return fn(...job.args)
}
