/**
 * A few nodes in virtual time, whose network loses, delays, doubles and reorders what they send and is cut
 * in two at times, and whose storage and links fail at times. All of it follows from one seed.
 *
 * Each node keeps a log of what it applied. Now and then it asks a peer for what it knows to be missing, and
 * tells it what it has, so that the peer sends what it has besides. At `healMs` the faults end.
 */
import { setImmediate as settled } from 'node:timers/promises'
import { CausalConsistencyManager, type Stamped } from '../../../protocols/causality/consistency-manager.ts'
import type { CausalLimits } from '../../../protocols/causality/limits.ts'
import type { OperationId } from '../../../protocols/causality/operation.ts'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'
import {
  ApplyFailedError,
  ConsistencyClosedError,
  InvalidOperationError,
  OperationRefusedError,
  PropagationFailedError,
} from '../../../protocols/errors.ts'
import { text } from './histories.ts'

export interface World {
  seed: number
  nodes: number
  /** Operations that each node makes. */
  edits: number
  /** From 0 to 1: how often a message is lost, and how often one comes twice. */
  loss: number
  twice: number
  /** From 0 to 1: how often an apply or a propagate fails. */
  failures: number
  /** Whether nodes are closed and begin again now and then. */
  restarts: boolean
  limits?: Partial<CausalLimits>
}

interface Edit {
  value: number
}

type Message =
  | { kind: 'operation'; wire: Wire }
  | { kind: 'ask'; from: number; ids: OperationId[]; clock: Uint8Array }

/** What travels: bytes for the clock, copies of the rest. */
interface Wire {
  value: number
  id: OperationId
  dependencies: OperationId[]
  timestamp: Uint8Array
}

interface SimulatedNode {
  name: string
  manager: CausalConsistencyManager<Edit>
  log: Map<string, Wire>
}

const HEAL_MS = 2_000
const END_MS = 60_000
const ASK_EVERY_MS = 40

export class Simulation {
  readonly world: World
  readonly nodes: SimulatedNode[]
  /** Every apply and every refusal, in order. */
  readonly trace: string[] = []
  /** By operation, all that its node had applied or that it names when it was made. */
  readonly pasts = new Map<string, Set<string>>()
  readonly seen = {
    refused: 0,
    applyFailures: 0,
    propagateFailures: 0,
    waits: 0,
    cut: 0,
    closed: 0,
    restarts: 0,
  }
  readonly #random: () => number
  readonly #events: { at: number; serial: number; run: () => void }[] = []
  #serial = 0
  #now = 0
  /** Whether the node of that index is on the far side of the cut. */
  #far: boolean[]

  constructor(world: World) {
    this.world = world
    this.#random = randomFrom(world.seed)
    this.#far = new Array<boolean>(world.nodes).fill(false)
    this.nodes = Array.from({ length: world.nodes }, (_, i) => this.#node(i))
  }

  /** Runs until all nodes have all operations; throws where that does not come about. */
  async run(): Promise<void> {
    for (const [i] of this.nodes.entries()) {
      for (let edit = 0; edit < this.world.edits; edit++)
        this.#at(this.#random() * HEAL_MS, () => this.#edit(i, edit))
      this.#at(this.#random() * ASK_EVERY_MS, () => this.#ask(i))
    }
    for (let at = 100; at < HEAL_MS; at += 300) {
      this.#at(at, () => this.#cut())
      if (this.world.restarts)
        this.#at(at + 50, () => this.#restart(Math.floor(this.#random() * this.nodes.length)))
    }
    while (!this.#isComplete()) {
      const event = this.#next()
      if (event.at > END_MS) throw new Error(`not all nodes have all operations after ${END_MS} ms`)
      this.#now = event.at
      event.run()
      // All that follows from one event without time passing.
      await settled()
    }
    for (const { manager } of this.nodes) await manager.close()
  }

  get #healed(): boolean {
    return this.#now >= HEAL_MS
  }

  #isComplete(): boolean {
    const all = this.world.nodes * this.world.edits
    return this.nodes.every(({ log }) => log.size === all)
  }

  #node(index: number): SimulatedNode {
    const log = new Map<string, Wire>()
    return { name: `n${index}`, manager: this.#manager(index, log), log }
  }

  /** A manager over what the log holds, which is all that outlives a restart. */
  #manager(index: number, log: Map<string, Wire>): CausalConsistencyManager<Edit> {
    const name = `n${index}`
    const clock = new VectorClock()
    for (const { id } of log.values()) clock.tick(id.node)
    return new CausalConsistencyManager<Edit>({
      nodeId: name,
      clock,
      limits: this.world.limits,
      apply: async (operation) => {
        await this.#pause(this.#random() * 5)
        if (this.#fails()) throw new Error('storage')
        const key = text(operation.id)
        if (operation.id.node === name) this.pasts.set(key, new Set(log.keys()))
        if (log.has(key)) throw new Error(`${name} applied ${key} twice`)
        log.set(key, toWire(operation))
        this.trace.push(`${Math.round(this.#now)} ${name} ${key}`)
      },
      propagate: (operation) => {
        if (this.#fails()) throw new Error('link')
        for (const [to] of this.nodes.entries())
          if (to !== index) this.#send(index, to, { kind: 'operation', wire: toWire(operation) })
      },
    })
  }

  /** Loses what waits and what did not reach the peers, and goes on from the log. */
  #restart(index: number): void {
    const node = this.nodes[index]!
    node.manager.close().then(() => {
      node.manager = this.#manager(index, node.log)
      this.seen.restarts++
    }, rethrow)
  }

  /** Makes an operation, which at times names one of another node that may not be here yet. */
  #edit(index: number, value: number): void {
    const { manager, log } = this.nodes[index]!
    const dependencies: OperationId[] = []
    if (this.#random() < 0.3) {
      const known = [...this.nodes[Math.floor(this.#random() * this.nodes.length)]!.log.values()]
      if (known.length > 0) dependencies.push(known[Math.floor(this.#random() * known.length)]!.id)
    }
    if (dependencies.some((id) => !log.has(text(id)))) this.seen.waits++
    manager.processOperation({ value, dependencies } as Edit).then(
      (operation) => {
        for (const named of dependencies) this.pasts.get(text(operation.id))!.add(text(named))
      },
      (error) => {
        if (error instanceof PropagationFailedError) return this.seen.propagateFailures++
        if (error instanceof ApplyFailedError) this.seen.applyFailures++
        else if (error instanceof ConsistencyClosedError) this.seen.closed++
        else if (!(error instanceof OperationRefusedError)) throw error
        return this.#at(this.#now + 10, () => this.#edit(index, value))
      },
    )
  }

  #ask(index: number): void {
    const { manager } = this.nodes[index]!
    const to = (index + 1 + Math.floor(this.#random() * (this.nodes.length - 1))) % this.nodes.length
    manager.propagatePending().catch((error) => rethrow(error, PropagationFailedError))
    const ids = manager.missing(5)
    this.#send(index, to, { kind: 'ask', from: index, ids, clock: manager.clock.encode() })
    this.#at(this.#now + ASK_EVERY_MS, () => this.#ask(index))
  }

  #arrive(index: number, message: Message): void {
    const { manager, log, name } = this.nodes[index]!
    if (message.kind === 'operation') {
      manager.receiveOperation(fromWire(message.wire)).catch((error) => {
        if (error instanceof InvalidOperationError) throw error
        if (error instanceof OperationRefusedError) this.seen.refused++
        this.trace.push(`${Math.round(this.#now)} ${name} ${text(message.wire.id)} ${error.code}`)
      })
      return
    }
    const theirs = VectorClock.decode(message.clock)
    const asked = new Set(message.ids.map(text))
    const besides = [...log.values()].filter(({ id }) => id.counter > theirs.get(id.node)).slice(0, 5)
    for (const wire of [...log.values()].filter(({ id }) => asked.has(text(id))).concat(besides))
      this.#send(index, message.from, { kind: 'operation', wire })
  }

  #send(from: number, to: number, message: Message): void {
    if (this.#far[from] !== this.#far[to]) {
      this.seen.cut++
      return
    }
    if (!this.#healed && this.#random() < this.world.loss) return
    const copies = this.#random() < this.world.twice ? 2 : 1
    for (let i = 0; i < copies; i++)
      this.#at(this.#now + 1 + this.#random() ** 3 * 200, () => this.#arrive(to, message))
  }

  #cut(): void {
    const whole = this.#now + 300 >= HEAL_MS || this.#random() < 0.5
    this.#far = this.#far.map(() => !whole && this.#random() < 0.5)
  }

  #fails(): boolean {
    return !this.#healed && this.#random() < this.world.failures
  }

  /** Takes a time in which other things happen. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#at(this.#now + ms, resolve))
  }

  #at(at: number, run: () => void): void {
    this.#events.push({ at, serial: this.#serial++, run })
  }

  #next() {
    let first = 0
    for (const [i, { at, serial }] of this.#events.entries()) {
      const best = this.#events[first]!
      if (at < best.at || (at === best.at && serial < best.serial)) first = i
    }
    const [event] = this.#events.splice(first, 1)
    return event!
  }
}

function rethrow(error: unknown, unless?: new (...args: never[]) => Error): void {
  if (unless === undefined || !(error instanceof unless)) throw error
}

function toWire({ value, id, dependencies, timestamp }: Stamped<Edit>): Wire {
  return structuredClone({ value, id, dependencies: [...dependencies], timestamp: timestamp.encode() })
}

function fromWire({ timestamp, ...rest }: Wire): Stamped<Edit> {
  return { ...structuredClone(rest), timestamp: VectorClock.decode(timestamp) }
}

/** Numbers from 0 up to 1 that follow from the seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
