/**
 * Holds operations back until all that they depend on are applied.
 *
 *   receive ─► known already? ─► 'duplicate'
 *           ─► lacks nothing? ─► ready ─► take ─► applied by the caller ─► commit ─► sets others free
 *           ─► waits, in a bounded buffer                              └─► abandon ─► is missing again
 *           ─► no room ─► 'refused', or another is evicted for it
 *
 * What is applied is one count per node, because the operations of a node are applied in their order.
 * Whatever is refused, evicted or abandoned is named by `missing` from then on, so nothing is lost silently.
 */
import { InvalidOperationError } from '../errors.ts'
import { checkInteger } from '../limits.ts'
import { type CausalLimits, completeCausalLimits } from './limits.ts'
import { type CausalOperation, checkOperation, type OperationId, textOf } from './operation.ts'
import { MAX_CLOCK_ENTRIES, type ReadonlyVectorClock, VectorClock } from './vector-clock.ts'
import { WaitIndex } from './wait-index.ts'
import { type Waiting, WaitingBuffer } from './waiting-buffer.ts'

/** What became of an operation that was received. */
export interface Receipt<O> {
  readonly outcome: 'ready' | 'waiting' | 'duplicate' | 'refused'
  /** Of a refusal: no room to wait, or operations of more nodes than a clock counts for. */
  readonly reason?: 'buffer-full' | 'too-many-nodes'
  /** Those that waited and had to make room. They have to be asked for again, like the refused. */
  readonly evicted: readonly O[]
}

/** Operations of one node that are not here, from `counter` on. */
interface Gap {
  node: string
  counter: number
  readonly upTo: number
  /** Of the node among all nodes. */
  readonly place: number
}

/** Ids that one call of `missing` names, unless told otherwise: what fits in one request to a peer. */
const MISSING_AT_ONCE = 1_000

export class CausalDelivery<O extends CausalOperation> {
  readonly #limits: CausalLimits
  readonly #applied: VectorClock
  readonly #index: WaitIndex<Waiting<O>>
  readonly #waiting: WaitingBuffer<O>
  /** Operations that lack nothing, in causal order; those before `#first` have been taken. */
  #ready: O[] = []
  #first = 0
  /** The operation of each node that is ready or taken. There is one at most, the next of its node. */
  readonly #open = new Map<string, O>()
  /**
   * The highest number of each node that an operation has or depends on. Also kept of what is refused: what
   * that one waits for may be all that would make room, and nobody else may name it.
   */
  readonly #named: Map<string, number>
  /** The place among the nodes after which `missing` begins when it can't name all of them. */
  #turn = -1

  /** `applied` is what was applied in an earlier life. Throws InvalidOptionError for a limit out of its range. */
  constructor(options: { limits?: Partial<CausalLimits>; applied?: ReadonlyVectorClock } = {}) {
    this.#limits = completeCausalLimits(options.limits)
    this.#applied = options.applied?.clone() ?? new VectorClock()
    this.#index = new WaitIndex(this.#applied)
    this.#waiting = new WaitingBuffer(this.#limits.waiting)
    this.#named = new Map(this.#applied.clocks)
  }

  /** What has been applied. It shows what is applied later. */
  get applied(): ReadonlyVectorClock {
    return this.#applied
  }

  /** Operations that wait for others. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Throws InvalidOperationError for an operation that can't be one; nothing is kept of it. */
  receive(operation: O): Receipt<O> {
    checkOperation(operation, this.#limits.dependencies)
    const { id, dependencies } = operation
    if (this.#isKnown(id)) return { outcome: 'duplicate', evicted: [] }
    if (!this.#note([id, ...dependencies]))
      return { outcome: 'refused', reason: 'too-many-nodes', evicted: [] }
    const needs =
      id.counter === 1 ? dependencies : [{ node: id.node, counter: id.counter - 1 }, ...dependencies]
    const waiting: Waiting<O> = { operation, needs, met: 0 }
    if (!this.#index.isMet(waiting)) return this.#wait(waiting)
    this.#makeReady(operation)
    return { outcome: 'ready', evicted: [] }
  }

  /** The next operation to apply; the caller says with `commit` or `abandon` what became of it. */
  take(): O | undefined {
    const operation = this.#ready[this.#first]
    if (operation === undefined) return undefined
    this.#first++
    if (this.#first >= 64 && this.#first * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#first)
      this.#first = 0
    }
    return operation
  }

  /**
   * The operation was applied: one that was taken, or one that began here. Throws InvalidOperationError
   * unless it is the next of its node.
   */
  commit({ id }: CausalOperation): void {
    const next = this.#applied.get(id.node) + 1
    if (id.counter !== next)
      throw new InvalidOperationError(
        `operation ${textOf(id)} can't be applied: the next of its node is number ${next}`,
      )
    this.#applied.tick(id.node)
    this.#open.delete(id.node)
    for (const waiting of this.#index.release(id)) {
      this.#waiting.delete(waiting)
      this.#makeReady(waiting.operation)
    }
  }

  /** The operation was taken and could not be applied: it is forgotten, and missing again. */
  abandon({ id }: CausalOperation): void {
    this.#open.delete(id.node)
  }

  /**
   * What to ask for: what is named by operations that came, or by `needed`, and is not here. At most `max`
   * ids, the oldest of each node first, so that one node's many don't hide those of others. Where there are
   * more nodes than that, the next call goes on with the others.
   */
  missing(max: number = MISSING_AT_ONCE, needed: Iterable<OperationId> = []): OperationId[] {
    checkInteger('max', max, 1)
    let gaps = this.#gaps(needed)
    if (gaps.length > max) {
      const next = gaps.findIndex(({ place }) => place > this.#turn)
      gaps = next > 0 ? [...gaps.slice(next), ...gaps.slice(0, next)] : gaps
      this.#turn = gaps[max - 1]!.place
    }
    const missing: OperationId[] = []
    for (;;) {
      for (const { node, counter } of gaps.slice(0, max - missing.length)) missing.push({ node, counter })
      if (gaps.length === 0 || missing.length === max) return missing
      gaps = gaps.filter((gap) => this.#advance(gap))
    }
  }

  /** The nodes of which something is missing, each at its oldest. */
  #gaps(needed: Iterable<OperationId>): Gap[] {
    const named = new Map(this.#named)
    for (const { node, counter } of needed) if (counter > (named.get(node) ?? 0)) named.set(node, counter)
    return Array.from(named, ([node, upTo], place) => ({
      node,
      counter: this.#applied.get(node),
      upTo,
      place,
    })).filter((gap) => this.#advance(gap))
  }

  /** Moves on to the next operation of the node that is not here; false after the last. */
  #advance(gap: Gap): boolean {
    do gap.counter++
    while (gap.counter <= gap.upTo && this.#isKnown(gap))
    return gap.counter <= gap.upTo
  }

  #isKnown({ node, counter }: OperationId): boolean {
    return (
      counter <= this.#applied.get(node) ||
      this.#open.get(node)?.id.counter === counter ||
      this.#waiting.has(node, counter)
    )
  }

  /** False, and nothing is noted, for nodes too many. One place is kept for the node that this runs on. */
  #note(ids: readonly OperationId[]): boolean {
    const unknown = new Set(ids.map(({ node }) => node).filter((node) => !this.#named.has(node)))
    if (unknown.size > 0 && this.#named.size + unknown.size >= MAX_CLOCK_ENTRIES) return false
    for (const { node, counter } of ids)
      if (counter > (this.#named.get(node) ?? 0)) this.#named.set(node, counter)
    return true
  }

  #wait(incoming: Waiting<O>): Receipt<O> {
    const evicted: O[] = []
    for (;;) {
      const victim = this.#waiting.victim(incoming)
      if (victim === incoming) return { outcome: 'refused', reason: 'buffer-full', evicted }
      if (victim === undefined) break
      this.#waiting.delete(victim)
      this.#index.delete(victim)
      evicted.push(victim.operation)
    }
    this.#waiting.add(incoming)
    this.#index.add(incoming)
    return { outcome: 'waiting', evicted }
  }

  #makeReady(operation: O): void {
    this.#open.set(operation.id.node, operation)
    this.#ready.push(operation)
  }
}
