/**
 * A validator on a machine that may crash: what was persisted is there afterwards, all else is lost. The records of a
 * request are durable some time after it, and the machine may crash before, or after but before anything goes on.
 */

import type { EpochSeed } from '../../../../protocols/consensus/epoch.ts'
import { genesisSeed } from '../../../../protocols/consensus/epoch.ts'
import type { ConsensusEffect, ConsensusEvent, VoteRecord } from '../../../../protocols/consensus/events.ts'
import type { Genesis } from '../../../../protocols/consensus/genesis.ts'
import type { CertifiedBlocks, Message } from '../../../../protocols/consensus/messages.ts'
import type { Envelope, Hash, PublicKey, Vote } from '../../../../protocols/consensus/types.ts'
import { Validator } from '../../../../protocols/consensus/validator.ts'
import type { Agenda } from './agenda.ts'
import { CountingApplication } from './application.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { crypto, isSigned, sign } from './signing.ts'

export interface World {
  readonly agenda: Agenda
  readonly random: Random
  readonly scenario: Scenario
  readonly chainId: Hash
  readonly isCalm: () => boolean
  /** What a machine sends goes on its way. */
  send(from: Machine, to: PublicKey | 'all', message: Message): void
  /** A machine goes on with what is on its disk. */
  started(machine: Machine): void
  /** Everyone sees what honest validators do. */
  watch(machine: Machine, effect: ConsensusEffect): void
}

interface Snapshot {
  readonly seed: EpochSeed
  readonly state: ReturnType<CountingApplication['snapshot']>
  /** Runs in the chain before it. */
  readonly runs: number
}

/** Runs, with what was made of them, that the block store may be behind the vote log. */
const MOST_RUNS_BEHIND = 3

export class Machine {
  readonly index: number
  readonly key: PublicKey
  readonly honest: boolean
  readonly #world: World
  readonly #genesis: Genesis
  readonly #growing: readonly PublicKey[]
  readonly #skewMs: number
  /** Durable. */
  readonly records: VoteRecord[] = []
  /** The names of all votes in the records. */
  readonly votes = new Set<string>()
  readonly chain: CertifiedBlocks[] = []
  /** The newest, and the one before: a crash may lose the newest. */
  #snapshots: Snapshot[]
  /** Lost in a crash. */
  validator!: Validator
  application!: CountingApplication
  up = false
  #life = 0
  #tickAtMs = Number.POSITIVE_INFINITY
  #persistedAtMs = 0

  constructor(index: number, key: PublicKey, honest: boolean, world: World) {
    this.index = index
    this.key = key
    this.honest = honest
    this.#world = world
    this.#genesis = world.scenario.genesis
    // With more stake, those that lie could be too many.
    this.#growing = world.scenario.genesis.validators
      .filter((_, i) => !world.scenario.liars.has(i))
      .map(({ public_key }) => public_key)
    this.#skewMs = world.random.whole(-world.scenario.skewMs, world.scenario.skewMs)
    const application = new CountingApplication(this.#genesis, this.#growing)
    const seed = genesisSeed(this.#genesis, world.chainId, application.root(), crypto)
    this.#snapshots = [{ seed, state: application.snapshot(), runs: 0 }]
  }

  /** Of the blocks on its disk. */
  get durableHeight(): number {
    return this.chain.at(-1)?.blocks.at(-1)?.header.height ?? 0
  }

  start(): void {
    const { seed, state, runs } = this.#snapshots.at(-1)!
    this.up = true
    this.#tickAtMs = Number.POSITIVE_INFINITY
    this.application = new CountingApplication(this.#genesis, this.#growing, state)
    this.validator = new Validator({
      self: this.key,
      genesis: this.#genesis,
      chainId: this.#world.chainId,
      crypto,
      application: this.application,
      seed,
      records: this.records,
    })
    for (const run of this.chain.slice(runs)) this.validator.replay(run)
    this.#world.started(this)
    this.#carryOut(this.validator.start(this.#nowMs()))
  }

  crash(): void {
    if (!this.up) return
    this.up = false
    this.#life++
    if (this.#world.random.chance(0.5)) this.#loseRuns(this.#world.random.whole(1, MOST_RUNS_BEHIND))
  }

  #loseRuns(count: number): void {
    const [oldest] = this.#snapshots as [Snapshot]
    this.chain.length = Math.max(oldest.runs, this.chain.length - count)
    if (this.#snapshots.at(-1)!.runs > this.chain.length) this.#snapshots.pop()
  }

  submit(envelope: Envelope): void {
    if (!this.up) return
    this.application.submit(envelope)
    this.take({ kind: 'work' })
  }

  take(event: ConsensusEvent): void {
    if (this.up) this.#carryOut(this.validator.step(event, this.#nowMs()))
  }

  #nowMs(): number {
    return this.#world.agenda.nowMs + this.#skewMs
  }

  #carryOut(effects: readonly ConsensusEffect[]): void {
    // What a step wants done is done in its order; answers that are there at once come after that.
    const answers: ConsensusEvent[] = []
    for (const effect of effects) {
      this.#world.watch(this, effect)
      this.#do(effect, answers)
      if (!this.up) return
    }
    for (const answer of answers) this.take(answer)
    this.#planTick()
  }

  #do(effect: ConsensusEffect, answers: ConsensusEvent[]): void {
    switch (effect.kind) {
      case 'send':
        return this.#world.send(this, effect.to, effect.message)
      case 'sign':
        answers.push({ kind: 'signed', token: effect.token, signature: sign(this.key, effect.bytes) })
        return
      case 'verify':
        answers.push({ kind: 'verified', token: effect.token, valid: effect.checks.map(isSigned) })
        return
      case 'persist':
        return this.#persist(effect.token, effect.records)
      case 'committed':
        this.chain.push({ kind: 'chain', blocks: effect.blocks, certificate: effect.certificate })
        return
      case 'epoch':
        this.#snapshots = [
          this.#snapshots.at(-1)!,
          { seed: effect.seed, state: this.application.snapshot(), runs: this.chain.length },
        ]
        return
      case 'serve':
        return this.#serve(effect.to, effect.height)
    }
  }

  #persist(token: number, records: readonly VoteRecord[]): void {
    const { agenda, random, scenario, isCalm } = this.#world
    const life = this.#life
    const crash =
      !isCalm() && random.chance(scenario.crashAtPersist) ? random.pick(['before', 'after']) : 'not'
    this.#persistedAtMs = Math.max(this.#persistedAtMs, agenda.nowMs + random.whole(0, scenario.persistMs))
    agenda.plan(this.#persistedAtMs, () => {
      if (life !== this.#life) return
      if (crash !== 'before') this.#keep(records)
      if (crash === 'not') this.take({ kind: 'persisted', token })
      else this.#crashForAWhile()
    })
  }

  #keep(records: readonly VoteRecord[]): void {
    this.records.push(...records)
    for (const record of records) if (record.kind === 'vote') this.votes.add(nameOf(record.vote))
  }

  #crashForAWhile(): void {
    const { agenda, random } = this.#world
    this.crash()
    agenda.plan(agenda.nowMs + random.whole(1, 400), () => {
      if (!this.up) this.start()
    })
  }

  #serve(to: PublicKey, height: number): void {
    const run = this.chain.find(({ blocks }) => blocks.at(-1)!.header.height >= height)
    if (run !== undefined) this.#world.send(this, to, run)
  }

  #planTick(): void {
    const dueMs = this.validator.dueMs - this.#skewMs
    if (dueMs >= this.#tickAtMs || dueMs === Number.POSITIVE_INFINITY) return
    this.#tickAtMs = dueMs
    const life = this.#life
    this.#world.agenda.plan(dueMs, () => {
      if (life !== this.#life || this.#tickAtMs !== dueMs) return
      this.#tickAtMs = Number.POSITIVE_INFINITY
      this.take({ kind: 'tick' })
    })
  }
}

export function nameOf({ kind, epoch, view, block }: Vote): string {
  return `${kind} ${epoch} ${view} ${block}`
}
