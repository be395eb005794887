/**
 * Validators in virtual time: the very core that runs for real, over a network and machines that a seed makes fail, with
 * some that lie. After the chaos everything works, but for the liars, and the chain has to go on.
 */
import { decodeMessage, encodeMessage } from '../../../../protocols/consensus/codec/message.ts'
import { hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import type { Message } from '../../../../protocols/consensus/messages.ts'
import {
  type Envelope,
  type Hash,
  type PublicKey,
  SIGNATURE_BYTES,
} from '../../../../protocols/consensus/types.ts'
import { Accountability } from './accountability.ts'
import { Agenda } from './agenda.ts'
import { Invariants } from './invariants.ts'
import { Liar } from './liar.ts'
import { Machine, type World } from './machine.ts'
import { Random } from './random.ts'
import { START_MS, scenarioOf } from './scenario.ts'
import { crypto, keyOf } from './signing.ts'

export interface SimulationOptions {
  /** Validators; 4 unless told otherwise. */
  readonly n?: number
  /** More lie than can be tolerated. */
  readonly tooMany?: boolean
  readonly trace?: ((line: string) => void) | undefined
}

export interface Result {
  readonly failures: readonly string[]
  readonly traceHash: string
  readonly heights: number
  readonly epochs: number
  readonly messages: number
  readonly accused: number
  /** With `tooMany`: those that have contradicted themselves hold so much of the stake that voted first. */
  readonly culpritShare: number
}

/** After the chaos everyone has to be this much further, within this time. */
const FURTHER_BLOCKS = 3
const CALM_MS = 60_000
const MAX_EVENTS = 400_000

export function simulate(seed: number, options: SimulationOptions = {}): Result {
  return new Simulation(seed, options).run()
}

class Simulation {
  readonly #random: Random
  readonly #agenda = new Agenda(START_MS)
  readonly #scenario
  readonly #chainId: Hash
  readonly #invariants: Invariants
  readonly #accountability: Accountability | undefined
  readonly #machines: Machine[] = []
  readonly #byKey = new Map<PublicKey, Machine[]>()
  readonly #liars = new Map<Machine, Liar>()
  readonly #trace: ((line: string) => void) | undefined
  #partition: ReadonlySet<PublicKey> | undefined
  #messages = 0
  #traceHash = 0x811c9dc5

  constructor(seed: number, { n = 4, tooMany = false, trace }: SimulationOptions) {
    this.#random = new Random(seed)
    this.#trace = trace
    this.#accountability = tooMany ? new Accountability() : undefined
    this.#scenario = scenarioOf(this.#random, n, tooMany)
    this.#chainId = hashGenesis(this.#scenario.genesis, crypto)
    this.#invariants = new Invariants(this.#scenario.genesis)
    const world: World = {
      agenda: this.#agenda,
      random: this.#random,
      scenario: this.#scenario,
      chainId: this.#chainId,
      isCalm: () => this.#isCalm(),
      send: (from, to, message) => this.#send(from, to, message),
      started: (machine) => {
        this.#note(() => `${machine.index} starts at height ${machine.durableHeight}`)
        if (machine.honest) this.#invariants.restarted(machine)
      },
      watch: (machine, effect) => {
        if (machine.honest) this.#invariants.watch(machine, effect)
        if (effect.kind === 'committed' || effect.kind === 'epoch' || effect.kind === 'alert')
          this.#note(() => `${machine.index} ${describe(effect)}`)
      },
    }
    const keys = Array.from({ length: n }, (_, i) => keyOf(i))
    for (let i = 0; i < n; i++) {
      const honest = !this.#scenario.liars.has(i)
      for (let twin = 0; twin < (honest || !this.#scenario.twins ? 1 : 2); twin++)
        this.#addMachine(new Machine(i, keys[i]!, honest, world), keys)
    }
  }

  run(): Result {
    for (const machine of this.#machines) machine.start()
    this.#planWork()
    this.#planFaults()
    let goal = Number.POSITIVE_INFINITY
    this.#agenda.plan(START_MS + this.#scenario.chaosMs, () => {
      this.#partition = undefined
      for (const machine of this.#machines) if (!machine.up) machine.start()
      goal = this.#invariants.height + FURTHER_BLOCKS
      this.#note(() => `calm; everyone has to reach ${goal}`)
    })
    const endMs = START_MS + this.#scenario.chaosMs + CALM_MS
    let events = 0
    while (this.#invariants.failures.length === 0 && !this.#isDone(goal)) {
      if (this.#agenda.nowMs > endMs || ++events > MAX_EVENTS || !this.#agenda.step()) {
        this.#stalled(goal)
        break
      }
    }
    return {
      failures: this.#invariants.failures,
      traceHash: (this.#traceHash >>> 0).toString(16).padStart(8, '0'),
      heights: this.#invariants.height,
      epochs: Math.max(...this.#machines.map(({ validator }) => validator.epoch.set.epoch)),
      messages: this.#messages,
      accused: this.#invariants.accused.size,
      culpritShare: this.#culpritShare(),
    }
  }

  #culpritShare(): number {
    const { validators } = this.#scenario.genesis
    const sum = (list: typeof validators) => list.reduce((total, { stake }) => total + stake, 0)
    const culprits = validators.filter(({ public_key }) => this.#accountability?.culprits.has(public_key))
    return sum(culprits) / sum(validators)
  }

  #addMachine(machine: Machine, keys: readonly PublicKey[]): void {
    this.#machines.push(machine)
    const same = this.#byKey.get(machine.key)
    if (same === undefined) this.#byKey.set(machine.key, [machine])
    else same.push(machine)
    if (machine.honest) return
    const peers = keys.filter((key) => key !== machine.key)
    this.#liars.set(machine, new Liar(machine.key, this.#chainId, peers, this.#random))
  }

  #isCalm(): boolean {
    return this.#agenda.nowMs >= START_MS + this.#scenario.chaosMs
  }

  #isDone(goal: number): boolean {
    return this.#machines.every(({ honest, up, validator }) => !honest || (up && validator.height >= goal))
  }

  #stalled(goal: number): void {
    const heights = this.#machines.map(
      ({ validator, honest }) => `${validator.height}${honest ? '' : ' (lies)'}`,
    )
    const failures = this.#invariants.failures as string[]
    failures.push(`L1: the chain stands still, ${goal} was to be reached; heights ${heights.join(', ')}`)
  }

  // --- what a seed does ---

  #planWork(): void {
    const count = this.#random.whole(3, 30)
    for (let sequence = 1; sequence <= count; sequence++) {
      const atMs = START_MS + this.#random.whole(0, this.#scenario.chaosMs + 500)
      const envelope: Envelope = {
        sender: 'c'.repeat(64),
        sequence,
        priority: 0,
        transactions: [],
        signature: new Uint8Array(SIGNATURE_BYTES),
      }
      const everywhere = this.#random.chance(0.7)
      const one = this.#random.pick(this.#machines)
      this.#agenda.plan(atMs, () => {
        for (const machine of everywhere ? this.#machines : [one]) machine.submit(envelope)
      })
    }
  }

  #planFaults(): void {
    const { crashes, partitions, chaosMs } = this.#scenario
    for (let i = 0; i < crashes; i++) {
      const machines = this.#random.chance(0.2) ? this.#machines : [this.#random.pick(this.#machines)]
      const atMs = START_MS + this.#random.whole(0, chaosMs)
      this.#agenda.plan(atMs, () => {
        if (this.#isCalm()) return
        for (const machine of machines) this.#crash(machine)
      })
    }
    for (let i = 0; i < partitions; i++) {
      const atMs = START_MS + this.#random.whole(0, chaosMs)
      const side = new Set(this.#machines.filter(() => this.#random.chance(0.5)).map(({ key }) => key))
      this.#agenda.plan(atMs, () => {
        if (!this.#isCalm()) this.#partition = side
      })
      this.#agenda.plan(atMs + this.#random.whole(100, 1_500), () => {
        if (this.#partition === side) this.#partition = undefined
      })
    }
  }

  #crash(machine: Machine): void {
    if (!machine.up) return
    this.#note(() => `${machine.index} crashes`)
    machine.crash()
    this.#agenda.plan(this.#agenda.nowMs + this.#random.whole(1, 800), () => {
      if (!machine.up) machine.start()
    })
  }

  // --- the network ---

  #send(from: Machine, to: PublicKey | 'all', message: Message): void {
    const liar = this.#liars.get(from)
    if (liar === undefined) return this.#spread(from, to, message)
    for (const lie of liar.tell(to, message)) this.#spread(from, lie.to, lie.message)
  }

  #spread(from: Machine, to: PublicKey | 'all', message: Message): void {
    if (to !== 'all') return this.#carry(from, to, message)
    for (const key of this.#byKey.keys()) if (key !== from.key) this.#carry(from, key, message)
  }

  #carry(from: Machine, to: PublicKey, message: Message): void {
    const { loss, duplicates, delayMs } = this.#scenario
    this.#messages++
    this.#accountability?.hear(from.key, message)
    if (this.#isCalm()) return this.#deliver(from, to, message, this.#random.whole(1, 15))
    if (this.#partition !== undefined && this.#partition.has(from.key) !== this.#partition.has(to)) return
    if (this.#random.chance(loss)) return
    const slow = this.#random.chance(0.03) ? 20 : 1
    this.#deliver(from, to, message, this.#random.whole(1, delayMs * slow))
    if (this.#random.chance(duplicates)) this.#deliver(from, to, message, this.#random.whole(1, delayMs * 10))
  }

  #deliver(from: Machine, to: PublicKey, sent: Message, afterMs: number): void {
    const message = this.#scenario.asBytes ? decodeMessage(encodeMessage(sent)) : sent
    this.#agenda.plan(this.#agenda.nowMs + afterMs, () => {
      for (const machine of this.#byKey.get(to)!) {
        if (!machine.up) continue
        this.#mix(from.index * 31 + machine.index + message.kind.length * 7 + this.#agenda.nowMs)
        this.#liars.get(machine)?.hear(message)
        machine.take({ kind: 'message', from: from.key, message })
      }
    })
  }

  #mix(value: number): void {
    this.#traceHash = Math.imul(this.#traceHash ^ value, 0x01000193)
  }

  #note(line: () => string): void {
    this.#trace?.(`${this.#agenda.nowMs - START_MS} ms  ${line()}`)
  }
}

function describe(effect: { readonly kind: string } & Record<string, unknown>): string {
  return JSON.stringify(effect, (key, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex').slice(0, 8)
    if (key === 'signatures' || key === 'roots' || key === 'members') return undefined
    return typeof value === 'string' && value.length === 64 ? value.slice(0, 8) : value
  })
}
