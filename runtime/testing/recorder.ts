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
/** Entries that go into the hash together, which is quicker. */
const LINES_AT_ONCE = 1_000

type Details = Pick<TraceEntry, 'method' | 'peer' | 'args' | 'detail'>

export class Recorder {
  readonly entries: TraceEntry[] = []
  readonly #time: VirtualTime
  readonly #hash = createHash('sha256')
  #lines: string[] = []

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** A short text that is the same for the same entries in the same order. */
  get hash(): string {
    this.#digest()
    return this.#hash.copy().digest('hex')
  }

  record(kind: TraceEntry['kind'], path: string, thread: number, more: Details = {}): void {
    const { now: at } = this.#time
    const { method, peer, args, detail } = more
    if (this.entries.length < KEPT) this.entries.push({ at, kind, path, thread, ...more })
    this.#lines.push(`${at}|${kind}|${path}|${thread}|${method}|${peer}|${args}|${detail}`)
    if (this.#lines.length >= LINES_AT_ONCE) this.#digest()
  }

  #digest(): void {
    this.#hash.update(this.#lines.join('\n'))
    this.#lines = []
  }

  /** Records the messages of one thread while its code runs. */
  observe(host: Host, runs: () => boolean): void {
    const record = (
      kind: TraceEntry['kind'],
      path: string,
      peer: string | undefined,
      envelope: Envelope,
      detail?: string,
    ) => {
      const { name: method } = envelope.handler
      if (runs()) this.record(kind, path, host.thread, { method, peer, args: describeArgs(envelope), detail })
    }
    const observer: MessageObserver = {
      sent: (target: Target, envelope) => record('sent', envelope.from?.path ?? '', target.path, envelope),
      received: (cell: Cell, envelope) => record('received', cell.path, envelope.from?.path, envelope),
      handled: (cell: Cell, envelope) => record('handled', cell.path, envelope.from?.path, envelope),
      failed: (cell: Cell, envelope, error) =>
        record('failed', cell.path, envelope.from?.path, envelope, error.message),
    }
    host.observe(observer)
  }

  /** Records what becomes of actors and threads. */
  follow(system: ActorSystem): void {
    system.on('restart', ({ path, exit, count }) =>
      this.record('restart', path, 0, { detail: `${exit.kind} (${count}): ${exit.error?.message ?? ''}` }),
    )
    system.on('exit', ({ path, kind, error }) =>
      this.record('exit', path, 0, { detail: error === undefined ? kind : `${kind}: ${error.message}` }),
    )
    system.on('deadLetter', ({ to, method, reason }) =>
      this.record('dead-letter', to, 0, { method, detail: reason }),
    )
    system.on('threadLost', ({ thread, reason }) =>
      this.record('thread-lost', '', thread, { detail: reason }),
    )
    system.on('stall', ({ path, method, thread }) => this.record('stall', path, thread, { method }))
  }
}
