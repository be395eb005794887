/**
 * Computations apart from all actors' threads, on a piscina pool that the starting thread keeps. Other
 * threads reach it through the control plane.
 */
import { Piscina } from 'piscina'
import { InvalidOptionError } from '../../protocols/errors.ts'
import { scanValues } from '../../protocols/payload/scan.ts'
import { errorFromWire } from '../../protocols/payload/wire-error.ts'
import type { OffloadOptions } from '../actor/types.ts'
import { withCall } from '../delivery/failures.ts'
import type { Host } from './host.ts'
import type { Outcome } from './offload-worker.ts'

export interface Offload {
  /** @param module file URL */
  run(module: string, fn: string, args: unknown[], options: OffloadOptions): Promise<unknown>
  close(): Promise<void>
}

const ENTRY = new URL(
  `./offload-worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
)
/** Threads of the pool that have had nothing to do for this long end. */
const IDLE_MS = 10_000

interface Job {
  id: number
  module: string
  fn: string
  args: unknown[]
  timeoutMs: number | undefined
}

/** The pool itself. */
export class LocalOffload implements Offload {
  readonly #host: Host
  readonly #threads: number
  #pool: Piscina | undefined
  readonly #running = new Map<string, AbortController>()

  constructor(host: Host, threads: number) {
    this.#host = host
    this.#threads = threads
    host.control.on('offload', (job: Job, from) => this.#runFor(job, from))
    host.control.on('offload-abort', ({ id }: { id: number }, from) =>
      this.#running.get(`${from}:${id}`)?.abort(),
    )
  }

  async run(
    module: string,
    fn: string,
    args: unknown[],
    { signal, timeoutMs }: OffloadOptions,
  ): Promise<unknown> {
    scan(this.#host, module, fn, args)
    const signals = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)]
    const given = signals.filter((one) => one !== undefined)
    const abort = given.length === 0 ? {} : { signal: AbortSignal.any(given) }
    const outcome = (await this.#open().run({ module, fn, args }, abort)) as Outcome
    if ('error' in outcome) throw errorFromWire(outcome.error)
    return outcome.value
  }

  async close(): Promise<void> {
    await this.#pool?.destroy()
  }

  #open(): Piscina {
    this.#pool ??= new Piscina({
      filename: ENTRY.href,
      minThreads: 0,
      maxThreads: this.#threads,
      idleTimeout: IDLE_MS,
      maxQueue: this.#host.limits.offloadQueue,
    })
    return this.#pool
  }

  async #runFor({ id, module, fn, args, timeoutMs }: Job, from: number): Promise<unknown> {
    const key = `${from}:${id}`
    const abort = new AbortController()
    this.#running.set(key, abort)
    try {
      return await this.run(module, fn, args, { signal: abort.signal, timeoutMs })
    } finally {
      this.#running.delete(key)
    }
  }
}

/** The way to the pool from another thread. */
export class RemoteOffload implements Offload {
  readonly #host: Host
  #lastId = 0

  constructor(host: Host) {
    this.#host = host
  }

  async run(
    module: string,
    fn: string,
    args: unknown[],
    { signal, timeoutMs }: OffloadOptions,
  ): Promise<unknown> {
    scan(this.#host, module, fn, args)
    signal?.throwIfAborted()
    const id = ++this.#lastId
    const abort = () => void this.#host.control.call(0, 'offload-abort', { id })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await this.#host.control.call(
        0,
        'offload',
        { id, module, fn, args, timeoutMs },
        Number.POSITIVE_INFINITY,
      )
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  async close(): Promise<void> {}
}

function scan(host: Host, module: string, fn: string, args: unknown[]): void {
  if (typeof fn !== 'string') throw new InvalidOptionError('offload takes the name of an exported function')
  try {
    scanValues(args, host.limits.messageBytes)
  } catch (error) {
    throw withCall(error, module, fn)
  }
}
