/**
 * The entry of the offload pool's threads: calls an exported function of a module.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'

export default async function run(job: { module: string; fn: string; args: unknown[] }): Promise<unknown> {
  const exports = (await import(job.module)) as Record<string, unknown>
  const fn = exports[job.fn]
  if (typeof fn !== 'function')
    throw new InvalidOptionError(`${job.module} exports no function "${job.fn}"; export it to offload it`)
  return fn(...job.args)
}
