/**
 * The trace of a test system: what happened to every message and every actor, in one order.
 */
import { createHash } from 'node:crypto'
import type { Cell } from '../actor/cell.ts'
import type { Target } from '../actor/ref.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import type { ActorSystem } from '../system.ts'
import { describeArgs, type MessageObserver } from '../telemetry/tracer.ts'
import type { Host } from '../threads/host.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** One thing that happened. */
export interface TraceEntry {
  /** Milliseconds of virtual time since the start. */
  readonly at: number
  readonly kind:
    | 'sent'
    | 'received'
    | 'handled'
    | 'failed'
    | 'restart'
    | 'exit'
    | 'dead-letter'
    | 'thread-lost'
    | 'stall'
  /** The actor that it happened to; of what was sent by no actor, the empty text. */
  readonly path: string
  /** The thread on which it was seen. */
  readonly thread: number
  readonly method?: string
  /** The other party: the sender of what was received, the target of what was sent. */
  readonly peer?: string
  /** The arguments, shortened for display. */
  readonly args?: string
  /** The message of an error, the kind of an exit, or the reason of a loss. */
  readonly detail?: string
}

/** Entries that are kept; later ones only go into the hash. */
const KEPT = 200_000

export class Recorder {
  readonly entries: TraceEntry[] = []
  readonly #time: VirtualTime
  readonly #hash = createHash('sha256')

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** A short text that is the same for the same entries in the same order. */
  get hash(): string {
    return this.#hash.copy().digest('hex')
  }

  record(entry: Omit<TraceEntry, 'at'>): void {
    const timed = { at: this.#time.now, ...entry }
    if (this.entries.length < KEPT) this.entries.push(timed)
    this.#hash.update(JSON.stringify(timed))
  }

  /** Records the messages of one thread while its code runs. */
  observe(host: Host, runs: () => boolean): void {
    const record = (
      kind: TraceEntry['kind'],
      path: string,
      peer: string | undefined,
      envelope: Envelope,
      error?: Error,
    ) => {
      const { name: method } = envelope.handler
      if (runs())
        this.record({
          kind,
          path,
          thread: host.thread,
          method,
          peer,
          args: describeArgs(envelope),
          detail: error?.message,
        })
    }
    const observer: MessageObserver = {
      sent: (target: Target, envelope) => record('sent', envelope.from?.path ?? '', target.path, envelope),
      received: (cell: Cell, envelope) => record('received', cell.path, envelope.from?.path, envelope),
      handled: (cell: Cell, envelope) => record('handled', cell.path, envelope.from?.path, envelope),
      failed: (cell: Cell, envelope, error) =>
        record('failed', cell.path, envelope.from?.path, envelope, error),
    }
    host.observe(observer)
  }

  /** Records what becomes of actors and threads. */
  follow(system: ActorSystem): void {
    system.on('restart', ({ path, exit, count }) =>
      this.record({
        kind: 'restart',
        path,
        thread: 0,
        detail: `${exit.kind} (${count}): ${exit.error?.message ?? ''}`,
      }),
    )
    system.on('exit', ({ path, kind, error }) =>
      this.record({
        kind: 'exit',
        path,
        thread: 0,
        detail: error === undefined ? kind : `${kind}: ${error.message}`,
      }),
    )
    system.on('deadLetter', ({ to, method, reason }) =>
      this.record({ kind: 'dead-letter', path: to, thread: 0, method, detail: reason }),
    )
    system.on('threadLost', ({ thread, reason }) =>
      this.record({ kind: 'thread-lost', path: '', thread, detail: reason }),
    )
    system.on('stall', ({ path, method, thread }) => this.record({ kind: 'stall', path, thread, method }))
  }
}
