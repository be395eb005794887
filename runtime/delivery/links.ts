/**
 * The links of this thread to all others. What turns send is gathered per thread and leaves as one
 * message of the platform at the end of the slice: batching is what makes it fast.
 */
import type { Address } from '../../protocols/address.ts'
import { NotSendableError } from '../../protocols/errors.ts'
import type { Exit } from '../../protocols/exit.ts'
import { pack } from '../../protocols/payload/pack.ts'
import { errorToWire } from '../../protocols/payload/wire-error.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Target } from '../actor/ref.ts'
import type { Envelope, ReplyTo } from '../mailbox/envelope.ts'
import type { Host } from '../threads/host.ts'
import { gone, linkFull, threadLost } from './failures.ts'
import { FrameReader, Op, putControl, putError, putFailed, putMessage, putReply } from './frames.ts'
import { Pending } from './pending.ts'

/** Carries batches to one other thread. */
export interface Carrier {
  /** Throws where a value can't be cloned. */
  post(batch: unknown[]): void
}

/** Frames in one batch; a larger one would keep the receiver from its other work. */
const MAX_BATCH = 1_024

class Link {
  carrier: Carrier | null = null
  /** Frames not yet handed over, each an array's slice that starts at one of `starts`. */
  batch: unknown[] = []
  starts: number[] = []
  /** To whom each frame goes; null where it is no message. */
  targets: (Target | null)[] = []
  sent = 0
}

export class Links {
  readonly #host: Host
  readonly #links = new Map<number, Link>()
  readonly #dirty = new Set<number>()
  /** Calls to other threads that wait for their outcome. */
  readonly #pending = new Map<number, Pending>()
  /** Ids of the thread's former lives are not given again: a reply to one of them may still be on its way. */
  #lastId: number
  /** Whether the system has ended. */
  closed = false

  constructor(host: Host) {
    this.#host = host
    this.#lastId = host.pulse.lives * 2 ** 32
  }

  /**
   * Opens the link to a thread; what was sent before it was there leaves now.
   *
   * @returns takes the batches that come from there, until the thread is lost
   */
  open(thread: number, carrier: Carrier): (batch: readonly unknown[]) => void {
    const link = this.#link(thread)
    link.carrier = carrier
    link.sent = 0
    if (link.starts.length > 0) this.#touch(thread)
    return (batch) => {
      if (link.carrier === carrier) this.#host.arrivals.receive(thread, batch)
    }
  }

  /** A thread is gone: what has left for it is lost, and calls that wait for it end. */
  lost(thread: number): void {
    const link = this.#link(thread)
    link.carrier = null
    this.#drop(link)
    for (const pending of [...this.#pending.values()])
      if (pending.remote?.thread === thread) pending.reject(threadLost(pending.target, pending.method))
  }

  /** The system has ended: nothing leaves any more, and who waits is told. */
  close(): void {
    this.closed = true
    for (const thread of this.#links.keys()) this.lost(thread)
  }

  send(target: Target, envelope: Envelope, special: boolean): void {
    const { reply } = envelope
    if (this.closed) {
      this.#host.delivery.refuse(target.path, envelope, 'gone', gone(target.path, envelope.handler.name))
      return
    }
    const link = this.#link(target.thread)
    if (this.#full(target.thread, link) && reply?.kind !== 'offer') {
      const error = linkFull(target.path, envelope.handler.name, link.starts.length)
      this.#host.delivery.refuse(target.path, envelope, 'mailbox-full', error)
      return
    }
    const id = reply instanceof Pending ? this.expect(reply, target.thread) : 0
    this.#start(target.thread, link, target)
    putMessage(link.batch, target.serial, envelope, id, special)
    this.#host.meter.sentAcross++
  }

  /** Registers a call whose outcome comes from another thread. */
  expect(pending: Pending, thread: number): number {
    const id = ++this.#lastId
    pending.remote = { table: this.#pending, id, thread }
    this.#pending.set(id, pending)
    return id
  }

  pending(id: number): Pending | undefined {
    return this.#pending.get(id)
  }

  reply(thread: number, id: number, value: unknown, special: boolean): void {
    putReply(this.#frame(thread), id, value, special)
  }

  error(thread: number, id: number, error: Error): void {
    putError(this.#frame(thread), id, error)
  }

  control(thread: number, id: number, verb: string, argument: unknown): void {
    putControl(this.#frame(thread), id, verb, argument)
  }

  /** Tells a supervisor of the failure of its child, which is held up until it has decided. */
  failed(parent: Address, key: ChildKey, exit: Exit): void {
    putFailed(this.#frame(parent.thread), parent.serial, key, exit)
  }

  notice(thread: number, kind: string, content: unknown): void {
    this.#frame(thread).push(Op.notice, kind, pack(content))
  }

  /** Tells all other threads. */
  broadcast(kind: string, content: unknown): void {
    for (const thread of this.#links.keys())
      if (thread !== this.#host.thread) this.notice(thread, kind, content)
  }

  /** Hands over what has been gathered. */
  flush(): void {
    if (this.#dirty.size === 0) return
    for (const thread of this.#dirty) {
      const link = this.#links.get(thread) as Link
      if (link.carrier !== null) this.#handOver(link)
    }
    this.#dirty.clear()
  }

  #frame(thread: number): unknown[] {
    const link = this.#link(thread)
    this.#start(thread, link, null)
    return link.batch
  }

  #start(thread: number, link: Link, target: Target | null): void {
    if (link.starts.length >= MAX_BATCH && link.carrier !== null) this.#handOver(link)
    link.starts.push(link.batch.length)
    link.targets.push(target)
    this.#touch(thread)
  }

  #touch(thread: number): void {
    this.#dirty.add(thread)
    this.#host.scheduler.wake()
  }

  #link(thread: number): Link {
    let link = this.#links.get(thread)
    if (link === undefined) {
      link = new Link()
      this.#links.set(thread, link)
    }
    return link
  }

  #full(thread: number, link: Link): boolean {
    if (link.carrier === null) return link.starts.length >= this.#host.limits.heldMessages
    const unread = (link.sent - this.#host.pulses.framesRead(thread, this.#host.thread)) | 0
    return unread > this.#host.limits.linkMessages
  }

  #handOver(link: Link): void {
    const { batch, starts, targets } = link
    if (starts.length === 0) return
    this.#drop(link)
    link.sent = (link.sent + starts.length) | 0
    try {
      link.carrier?.post(batch)
    } catch {
      this.#postOneByOne(link, batch, starts, targets)
    }
  }

  /** One value that looked sendable and is not, as a Proxy, must not take the others with it. */
  #postOneByOne(link: Link, batch: unknown[], starts: number[], targets: (Target | null)[]): void {
    starts.forEach((start, index) => {
      const frame = batch.slice(start, starts[index + 1])
      try {
        link.carrier?.post(frame)
      } catch (cause) {
        this.#notCloneable(link, frame, targets[index] as Target, cause)
      }
    })
  }

  #notCloneable(link: Link, frame: unknown[], target: Target, cause: unknown): void {
    const error = new NotSendableError(`a value in the message can't be cloned: ${String(cause)}`, { cause })
    const reader = new FrameReader(frame, this.#host.thread, () => null)
    const op = reader.next<number>()
    const first = reader.next<number>()
    // A result that can't be cloned leaves its asker waiting unless an error goes in its place.
    if (op === Op.reply || op === Op.replyPacked) link.carrier?.post([Op.error, first, errorToWire(error)])
    if (op === Op.control) this.#pending.get(first)?.reject(error)
    if (op > Op.call) return
    reader.sender()
    const method = reader.next<string>()
    if (op === Op.call) this.#pending.get(reader.call().id)?.reject(error)
    this.#host.deadLetters.record({
      to: target.path,
      method,
      reason: 'not-sendable',
      detail: error.message,
    })
  }

  #drop(link: Link): void {
    link.batch = []
    link.starts = []
    link.targets = []
  }
}

/** The outcome of a call that came from another thread. */
export class RemoteReply implements ReplyTo {
  readonly kind: ReplyTo['kind']
  started = false
  readonly #links: Links
  readonly #from: number
  readonly #id: number

  constructor(links: Links, kind: ReplyTo['kind'], from: number, id: number) {
    this.#links = links
    this.kind = kind
    this.#from = from
    this.#id = id
  }

  resolve(value: unknown, special: boolean): void {
    this.#links.reply(this.#from, this.#id, value, special)
  }

  reject(error: Error): void {
    this.#links.error(this.#from, this.#id, error)
  }
}
