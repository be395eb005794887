/**
 * Causal consistency for the operations of one node and its peers.
 *
 *   processOperation ─► wait for dependencies ─┐             ┌► propagate ─► resolve
 *                                              ├─► apply ─► count ─► what waited for it goes on
 *   receiveOperation ─► wait, bounded ─────────┘             └► resolve
 *
 * Operations are applied one at a time. An operation of this node is counted and stamped when its
 * dependencies are there and not when it is given: only so is its timestamp after those of all that it
 * depends on, does one that waits hold up no other, and leaves one that fails or is given up no gap that
 * peers would wait at for ever.
 */
import {
  ApplyFailedError,
  ConsistencyClosedError,
  InvalidOperationError,
  InvalidOptionError,
  OperationRefusedError,
  PropagationFailedError,
} from '../errors.ts'
import { CausalDelivery, type Receipt } from './causal-delivery.ts'
import { Frontier } from './frontier.ts'
import { type CausalLimits, completeCausalLimits } from './limits.ts'
import { isNodeId } from './node-id.ts'
import { type CausalOperation, checkDependencies, type OperationId, textOf } from './operation.ts'
import { type ReadonlyVectorClock, VectorClock } from './vector-clock.ts'
import { type Waiter, WaitIndex } from './wait-index.ts'

/** An operation as its node stamped it: with an id, with all that it directly follows, and with the clock. */
export type Stamped<O extends object> = O & CausalOperation & { readonly timestamp: VectorClock }

export interface ConsistencyOptions<O extends object> {
  /** Of this node, never one that was used before by a node whose clock is lost. */
  nodeId: string
  /** Takes the operation into the state, wholly or (where it throws) not at all. It must not wait for this manager. */
  apply(operation: Stamped<O>): void | Promise<void>
  /** Hands an operation of this node to its peers, who may get it in any order and more than once. */
  propagate(operation: Stamped<O>): void | Promise<void>
  /** What had been applied when the state was last kept. */
  clock?: ReadonlyVectorClock
  limits?: Partial<CausalLimits>
}

interface Job<T> {
  /** Its `apply` runs or has run, so that it can't be given up any more. */
  begun: boolean
  resolve(value: T): void
  reject(error: unknown): void
}

interface Local<O extends object> extends Job<Stamped<O>>, Waiter {
  readonly operation: O
}

interface Received<O extends object> extends Job<'applied' | 'duplicate'>, CausalOperation {
  readonly operation: Stamped<O>
}

export class CausalConsistencyManager<O extends object> {
  readonly #options: ConsistencyOptions<O>
  readonly #limits: CausalLimits
  readonly #delivery: CausalDelivery<Received<O>>
  readonly #frontier: Frontier
  /** Operations of this node whose promise is open. */
  readonly #locals = new Set<Local<O>>()
  readonly #localWaits: WaitIndex<Local<O>>
  readonly #localReady = new Set<Local<O>>()
  /** Received operations whose promise is open. */
  readonly #received = new Set<Received<O>>()
  /** Applied here, but not with the peers, by counter. */
  readonly #unpropagated = new Map<number, Stamped<O>>()
  #running: Promise<void> | undefined
  /** Own and received operations take turns, so that neither holds up the other. */
  #ownTurn = true
  #closed = false

  /** Throws InvalidOptionError that names the option. */
  constructor(options: ConsistencyOptions<O>) {
    if (!isNodeId(options.nodeId))
      throw new InvalidOptionError(`nodeId has to name a node, not ${JSON.stringify(options.nodeId)}`)
    this.#options = options
    this.#limits = completeCausalLimits(options.limits)
    this.#delivery = new CausalDelivery({ limits: this.#limits, applied: options.clock })
    this.#localWaits = new WaitIndex(this.#delivery.applied)
    this.#frontier = new Frontier(this.#delivery.applied)
  }

  /** What has been applied here; a copy, to be kept with the state or sent to peers. */
  get clock(): VectorClock {
    return this.#delivery.applied.clone()
  }

  /** Received operations that wait for others, operations of this node under way, and those not with the peers. */
  get counts(): { waiting: number; local: number; unpropagated: number } {
    const { waiting } = this.#delivery
    return { waiting, local: this.#locals.size, unpropagated: this.#unpropagated.size }
  }

  /**
   * Waits for what `operation` depends on, then counts, stamps, applies and propagates it.
   *
   * It follows all that is applied here at that moment, whether it names it or not. `signal` ends the wait,
   * and the promise rejects with its reason.
   *
   * @returns the operation as peers get it; the one that was given stays as it is
   * @throws InvalidOperationError it has dependencies that can't be; nothing happened
   * @throws OperationRefusedError too many are under way; nothing happened
   * @throws ApplyFailedError `apply` threw, its `cause`; nothing happened
   * @throws PropagationFailedError it is applied, and `propagatePending` sends it again
   * @throws ConsistencyClosedError the manager was closed first; nothing happened
   */
  async processOperation(
    operation: O & { readonly dependencies?: readonly OperationId[] },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Stamped<O>> {
    this.#checkOpen()
    signal?.throwIfAborted()
    const needs = [...(operation.dependencies ?? [])]
    checkDependencies(needs, this.#limits.dependencies)
    this.#checkRoom()
    const { promise, resolve, reject } = Promise.withResolvers<Stamped<O>>()
    const local: Local<O> = { operation, needs, met: 0, begun: false, resolve, reject }
    const abort = () => this.#giveUp(local, signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#locals.add(local)
    if (this.#localWaits.isMet(local)) this.#localReady.add(local)
    else this.#localWaits.add(local)
    this.#start()
    try {
      return await promise
    } finally {
      this.#locals.delete(local)
      signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * Takes in an operation that a peer sent; the carrier has made sure that its node is who it says.
   *
   * @returns once it is applied; 'duplicate' at once where it is applied or waits here already
   * @throws InvalidOperationError no honest peer sends such; it is not kept
   * @throws OperationRefusedError no room to wait, at once or later; `missing` names it
   * @throws ApplyFailedError `apply` threw, its `cause`; `missing` names it
   * @throws ConsistencyClosedError the manager was closed first
   */
  async receiveOperation(operation: Stamped<O>): Promise<'applied' | 'duplicate'> {
    this.#checkOpen()
    this.#checkStamp(operation)
    const { id, dependencies } = operation
    const { promise, resolve, reject } = Promise.withResolvers<'applied' | 'duplicate'>()
    const received: Received<O> = { id, dependencies, operation, begun: false, resolve, reject }
    const receipt = this.#delivery.receive(received)
    for (const evicted of receipt.evicted) evicted.reject(this.#refusal(evicted.id, 'buffer-full'))
    if (receipt.outcome === 'duplicate') return 'duplicate'
    if (receipt.outcome === 'refused') throw this.#refusal(id, receipt.reason)
    this.#received.add(received)
    this.#start()
    try {
      return await promise
    } finally {
      this.#received.delete(received)
    }
  }

  /** What to ask peers for: at most `max` ids, the oldest of each node first. */
  missing(max?: number): OperationId[] {
    const needed = Array.from(this.#locals, ({ begun, needs, met }) => (begun ? [] : needs.slice(met))).flat()
    return this.#delivery.missing(max, needed)
  }

  /** Sends again what did not reach the peers. Throws PropagationFailedError; what is left stays kept. */
  async propagatePending(): Promise<void> {
    // Taken out while it is on its way, so that two calls at once don't both send it.
    for (const operation of [...this.#unpropagated.values()])
      if (this.#unpropagated.delete(operation.id.counter)) await this.#propagate(operation)
  }

  /**
   * Rejects all that waits, and what is given from now on. Resolves when the `apply` under way has ended, if
   * there is one; its operation counts. What did not reach the peers can still be sent.
   */
  async close(): Promise<void> {
    this.#closed = true
    for (const local of this.#locals) this.#giveUp(local, this.#closedError())
    for (const received of this.#received) if (!received.begun) received.reject(this.#closedError())
    await this.#running
  }

  #start(): void {
    if (this.#running !== undefined) return
    const first = this.#next()
    if (first !== undefined) this.#running = this.#run(first)
  }

  async #run(first: Promise<void>): Promise<void> {
    for (let step: Promise<void> | undefined = first; step !== undefined; step = this.#next()) await step
    this.#running = undefined
  }

  /** Begins to apply the next operation that lacks nothing, if there is one. */
  #next(): Promise<void> | undefined {
    if (this.#closed) return undefined
    const [local] = this.#localReady
    const received = local !== undefined && this.#ownTurn ? undefined : this.#delivery.take()
    this.#ownTurn = received !== undefined
    if (received !== undefined) return this.#applyReceived(received)
    return local && this.#applyLocal(local)
  }

  async #applyLocal(local: Local<O>): Promise<void> {
    this.#localReady.delete(local)
    local.begun = true
    try {
      const operation = this.#stamp(local)
      await this.#apply(operation)
      this.#commit(operation)
      this.#propagate(operation).then(() => local.resolve(operation), local.reject)
    } catch (error) {
      local.reject(error)
    }
  }

  async #applyReceived(received: Received<O>): Promise<void> {
    received.begun = true
    try {
      this.#checkClaim(received.operation)
      await this.#apply(received.operation)
      this.#commit(received)
      received.resolve('applied')
    } catch (error) {
      this.#delivery.abandon(received)
      received.reject(error)
    }
  }

  /** The clock itself is counted up only in `#commit`, so that a failure leaves it as it is. */
  #stamp({ operation, needs }: Local<O>): Stamped<O> {
    const { nodeId } = this.#options
    const timestamp = this.clock
    timestamp.tick(nodeId)
    const dependencies = this.#frontier.dependencies(nodeId, needs)
    checkDependencies(dependencies, this.#limits.dependencies)
    return { ...operation, id: { node: nodeId, counter: timestamp.get(nodeId) }, dependencies, timestamp }
  }

  async #apply(operation: Stamped<O>): Promise<void> {
    try {
      await this.#options.apply(operation)
    } catch (cause) {
      throw new ApplyFailedError(
        `operation ${textOf(operation.id)} could not be applied and does not count; see the cause, and give or ask for it again`,
        { cause },
      )
    }
  }

  #commit(operation: CausalOperation): void {
    this.#delivery.commit(operation)
    this.#frontier.add(operation)
    for (const local of this.#localWaits.release(operation.id)) this.#localReady.add(local)
  }

  async #propagate(operation: Stamped<O>): Promise<void> {
    try {
      await this.#options.propagate(operation)
    } catch (cause) {
      this.#unpropagated.set(operation.id.counter, operation)
      throw new PropagationFailedError(
        `operation ${textOf(operation.id)} is applied but did not reach its peers; don't give it again, propagatePending() sends it`,
        { cause, mayHaveRun: true },
      )
    }
  }

  #giveUp(local: Local<O>, reason: unknown): void {
    if (local.begun) return
    this.#localWaits.delete(local)
    this.#localReady.delete(local)
    local.reject(reason)
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closedError()
  }

  #checkRoom(): void {
    const { local } = this.#limits
    if (this.#locals.size + this.#unpropagated.size >= local)
      throw new OperationRefusedError(
        `${local} operations of ${this.#options.nodeId} (limits.local) wait or did not reach their peers; give this one again later`,
      )
  }

  #checkStamp({ id, timestamp }: Stamped<O>): void {
    const { nodeId } = this.#options
    if (!(timestamp instanceof VectorClock) || timestamp.get(id?.node) !== id?.counter)
      throw new InvalidOperationError('the timestamp of an operation has to be a clock that counts it last')
    if (id.node === nodeId && id.counter > this.#delivery.applied.get(nodeId))
      throw new InvalidOperationError(
        `operation ${textOf(id)} has the id of this node, which has not made it: another node uses the id, or this one lost its clock and needs a new id`,
      )
  }

  /** A peer whose timestamp says that it saw what the operation does not depend on would break the order. */
  #checkClaim({ id, timestamp }: Stamped<O>): void {
    const { applied } = this.#delivery
    for (const [node, count] of timestamp.clocks)
      if (count > applied.get(node) + (node === id.node ? 1 : 0))
        throw new InvalidOperationError(
          `the timestamp of operation ${textOf(id)} follows ${textOf({ node, counter: count })}, its dependencies don't`,
        )
  }

  #refusal(id: OperationId, reason: Receipt<unknown>['reason']): OperationRefusedError {
    const why =
      reason === 'too-many-nodes'
        ? 'comes from one node more than a clock counts for'
        : `found no room to wait (limits.waiting is ${this.#limits.waiting})`
    return new OperationRefusedError(`operation ${textOf(id)} ${why}; ask for it again later`)
  }

  #closedError(): ConsistencyClosedError {
    return new ConsistencyClosedError(`the consistency manager of ${this.#options.nodeId} is closed`)
  }
}
