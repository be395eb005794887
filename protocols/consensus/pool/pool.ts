/**
 * Envelopes that wait to be in a block. They stay here until a final block has used their sequence numbers: what is in
 * a block that comes to nothing has never left and is proposed again.
 *
 *   add ─► queue of the sender ─► select: a fair round over all senders ─► block ─► settle: final, gone
 *            full: the newest of who holds most has to go, with its reason
 */
import { envelopeBytes } from '../ledger/size.ts'
import { type Envelope, MAX_PRIORITY, type PublicKey } from '../types.ts'
import { HeaviestSenders, loadClass } from './heaviest-senders.ts'
import { DEFAULT_POOL_LIMITS, type PoolLimits } from './limits.ts'
import { type Room, Rotation } from './rotation.ts'
import { sameEnvelope } from './same-envelope.ts'
import { SenderQueue, type Waiting } from './sender-queue.ts'

/** Why an envelope is not in the pool (any more). */
export type PoolRefusal =
  /** It is here already. */
  | 'duplicate'
  /** Another envelope of its sender with its sequence number is here. */
  | 'sequence-taken'
  /** A final block has used its sequence number. */
  | 'sequence-used'
  /** Its sequence number is too far above the last used one. */
  | 'sequence-too-high'
  | 'unknown-sender'
  | 'malformed'
  /** It would not fit into a block. */
  | 'too-large'
  /** There is no room, and its sender is among those that hold most. */
  | 'pool-full'
  /** It had to go for what others sent. */
  | 'displaced'

export interface Dropped {
  readonly envelope: Envelope
  readonly reason: PoolRefusal
}

/** The last sequence number that the sender has used; undefined for a key without an account. */
export type UsedSequence = (sender: PublicKey) => number | undefined

export class TransactionPool {
  readonly #limits: PoolLimits
  readonly #used: UsedSequence
  readonly #queues = new Map<PublicKey, SenderQueue>()
  readonly #rotation = new Rotation()
  readonly #heaviest = new HeaviestSenders()
  #size = 0
  #bytes = 0

  /** `used` tells about the newest final state. */
  constructor(
    used: UsedSequence,
    limits: Partial<PoolLimits> & Pick<PoolLimits, 'envelopeTransactions' | 'envelopeBytes'>,
  ) {
    this.#used = used
    this.#limits = { ...DEFAULT_POOL_LIMITS, ...limits }
  }

  /** Envelopes that wait. */
  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Whether exactly this envelope waits, so that its signature is known to be valid. */
  has(envelope: Envelope): boolean {
    const waiting = this.#queues.get(envelope.sender)?.get(envelope.sequence)
    return waiting !== undefined && sameEnvelope(waiting.envelope, envelope)
  }

  /** Why it can't wait here, whatever else does; to be asked before its signature is checked, which costs more. */
  refusal(envelope: Envelope): PoolRefusal | undefined {
    const { sender, sequence, priority, transactions } = envelope
    const used = this.#used(sender)
    if (used === undefined) return 'unknown-sender'
    if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY) return 'malformed'
    if (!Number.isSafeInteger(sequence) || transactions.length === 0) return 'malformed'
    if (sequence <= used) return 'sequence-used'
    if (sequence > used + this.#limits.envelopesPerSender) return 'sequence-too-high'
    if (transactions.length > this.#limits.envelopeTransactions) return 'too-large'
    if (envelopeBytes(envelope) > this.#limits.envelopeBytes) return 'too-large'
    const waiting = this.#queues.get(sender)?.get(sequence)
    if (waiting === undefined) return undefined
    return sameEnvelope(waiting.envelope, envelope) ? 'duplicate' : 'sequence-taken'
  }

  /**
   * Takes in an envelope whose signature is valid, and gives what had to go, which may be the envelope itself. One that
   * is far larger than others can displace some of them and then find that its sender is the one that holds most.
   */
  add(envelope: Envelope): Dropped[] {
    const reason = this.refusal(envelope)
    if (reason !== undefined) return [{ envelope, reason }]
    const bytes = envelopeBytes(envelope)
    const dropped: Dropped[] = []
    while (this.#size + 1 > this.#limits.envelopes || this.#bytes + bytes > this.#limits.bytes) {
      const victim = this.#victim(envelope, bytes)
      if (victim === undefined) return [{ envelope, reason: 'pool-full' }, ...dropped]
      dropped.push({ envelope: this.#removeLast(victim), reason: 'displaced' })
    }
    this.#insert({ envelope, bytes })
    return dropped
  }

  /** Whether anybody has an envelope that is next after these sequence numbers. */
  hasNext(used: UsedSequence): boolean {
    return this.#rotation.some((queue) => nextOf(queue, used) !== undefined)
  }

  /** Fills the room with envelopes that come next after these sequence numbers; `take` may refuse any of them. */
  select(room: Room, used: UsedSequence, take: (envelope: Envelope) => boolean): Envelope[] {
    const selected: Envelope[] = []
    const shut = new Set<SenderQueue>()
    this.#rotation.fill(room, {
      next: (queue) => (shut.has(queue) ? undefined : nextOf(queue, used)),
      take(envelope, queue) {
        if (!take(envelope)) {
          shut.add(queue)
          return false
        }
        selected.push(envelope)
        return true
      },
    })
    return selected
  }

  /** A final block has used the sequence number of this envelope. Gives what had to go without being final. */
  settle(final: Envelope): Dropped[] {
    const queue = this.#queues.get(final.sender)
    if (queue === undefined) return []
    return this.#removeThrough(queue, final.sequence).filter(({ envelope }) => !sameEnvelope(envelope, final))
  }

  /** The final state has changed otherwise than by blocks that were settled, or an account has been closed. */
  reconcile(): Dropped[] {
    const dropped: Dropped[] = []
    for (const queue of [...this.#queues.values()]) {
      const used = this.#used(queue.sender)
      if (used !== undefined) dropped.push(...this.#removeThrough(queue, used))
      else
        for (const { envelope } of this.#removeThrough(queue, Number.MAX_SAFE_INTEGER - 1))
          dropped.push({ envelope, reason: 'unknown-sender' })
    }
    return dropped
  }

  #insert(waiting: Waiting): void {
    const { sender } = waiting.envelope
    let queue = this.#queues.get(sender)
    if (queue === undefined) {
      queue = new SenderQueue(sender)
      this.#queues.set(sender, queue)
      this.#rotation.add(queue)
    }
    queue.add(waiting)
    this.#size++
    this.#bytes += waiting.bytes
    this.#heaviest.update(queue)
  }

  /** Whose newest has to go for the envelope; undefined where its own sender is the one that holds too much. */
  #victim({ sender, sequence, priority }: Envelope, bytes: number): SenderQueue | undefined {
    const heaviest = this.#heaviest.heaviest()
    const own = this.#queues.get(sender)
    // The first that is missing is worth more to its sender than a later one, which can't be used before it.
    if (own?.last !== undefined && own.last.envelope.sequence > sequence) return own
    const load = loadClass((own?.bytes ?? 0) + bytes, priority)
    return heaviest !== undefined && heaviest !== own && heaviest.load > load ? heaviest : undefined
  }

  #removeLast(queue: SenderQueue): Envelope {
    const { envelope, bytes } = queue.removeLast()
    this.#removed(queue, 1, bytes)
    return envelope
  }

  #removeThrough(queue: SenderQueue, sequence: number): Dropped[] {
    const before = queue.bytes
    const removed = queue.removeThrough(sequence)
    if (removed.length > 0) this.#removed(queue, removed.length, before - queue.bytes)
    return removed.map(({ envelope }) => ({ envelope, reason: 'sequence-used' }))
  }

  #removed(queue: SenderQueue, count: number, bytes: number): void {
    this.#size -= count
    this.#bytes -= bytes
    this.#heaviest.update(queue)
    if (queue.size > 0) return
    this.#queues.delete(queue.sender)
    this.#rotation.remove(queue)
  }
}

function nextOf(queue: SenderQueue, usedOf: UsedSequence): Waiting | undefined {
  const used = usedOf(queue.sender)
  return used === undefined ? undefined : queue.get(used + 1)
}
