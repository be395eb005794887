/**
 * Replicas under faults that a seed chooses: what is done to them, and what has to hold whatever is done.
 *
 * After the last fault all replicas have to become equal, hear of all their changes that they are kept, and
 * fall silent but for a digest now and then.
 */
import { createHash } from 'node:crypto'
import type { Message } from '../../../../protocols/replication/messages.ts'
import { Replicator } from '../../../../protocols/replication/replicator.ts'
import { Agenda } from './agenda.ts'
import { Machine, type Surroundings } from './machine.ts'
import { Network } from './network.ts'
import { drawScenario, FAULTS_END_MS, type Fault, type Link, type Scenario } from './scenario.ts'

/** By then everything that went wrong has to be made up for. */
const HEALED_MS = FAULTS_END_MS + 60_000
const QUIET_MS = 100_000
/** With the limits of the scenario each end of a link sends a digest in 10 s or more, and acknowledges one. */
const QUIET_MESSAGES_PER_LINK = (QUIET_MS / 10_000) * 4
const CONNECT_MS = 20
const NOTICE_MS = 300

export interface Outcome {
  readonly seed: number
  /** The same for the same seed and the same program. */
  readonly traceHash: string
  /** What did not hold; empty where all did. */
  readonly failures: readonly string[]
  readonly replicas: number
  readonly changes: number
  readonly messages: number
  readonly lost: number
}

export interface SimulationOptions {
  /** Another one than the product's, to see whether the simulation notices. */
  readonly replicator?: Surroundings['replicator']
  /** Is told what happens. */
  readonly trace?: (line: string) => void
}

export function simulate(seed: number, options: SimulationOptions = {}): Outcome {
  return new Simulation(seed, options).run()
}

class Simulation {
  readonly #seed: number
  readonly #scenario: Scenario
  readonly #agenda = new Agenda()
  readonly #network: Network
  readonly #machines: Machine[]
  readonly #hash = createHash('sha256')
  readonly #trace: ((line: string) => void) | undefined
  readonly #failures: string[] = []
  /** Links that both ends were told of, and connections by their ends. */
  readonly #connected = new Set<Link>()
  readonly #sessions = new Map<string, number>()
  #session = 0
  #quiet = false

  constructor(seed: number, { replicator = Replicator, trace }: SimulationOptions) {
    this.#seed = seed
    this.#trace = trace
    const scenario = drawScenario(seed)
    this.#scenario = scenario
    const { random, weather } = scenario
    const deliver = (from: number, to: number, message: unknown) => this.#machines[to]?.deliver(from, message)
    this.#network = new Network(this.#agenda, random, weather, deliver)
    const surroundings: Surroundings = {
      ...{ agenda: this.#agenda, scenario, replicator },
      send: (from, to, message) => this.#send(from, to, message),
      isKept: (hash) => this.#machines[0]?.stores(hash) === true,
      note: (what) => this.#note(what),
    }
    this.#machines = scenario.joinsMs.map((_, id) => new Machine(id, surroundings))
  }

  run(): Outcome {
    const { joinsMs, edits, faults } = this.#scenario
    for (const [id, joinMs] of joinsMs.entries()) this.#agenda.at(joinMs, () => this.#start(id))
    for (const { atMs, replica, changes } of edits)
      this.#agenda.at(atMs, () => this.#machines[replica]?.edit(changes))
    for (const fault of faults) this.#plan(fault)
    this.#agenda.at(FAULTS_END_MS, () => this.#network.clear())
    this.#agenda.runUntil(HEALED_MS)
    this.#checkEqual()
    this.#checkQuiet()
    for (const machine of this.#machines) this.#failures.push(...machine.wrong)
    return this.#end()
  }

  #start(id: number): void {
    const machine = this.#machines[id] as Machine
    if (machine.runs) return
    this.#note(`${id} starts`)
    machine.start()
    for (const link of this.#linksOf(id))
      if (this.#connected.has(link)) this.#up(id, otherOf(link, id))
      else this.#connect(link)
  }

  #crash(id: number, silent: boolean): void {
    const machine = this.#machines[id] as Machine
    if (!machine.runs) return
    this.#note(`${id} crashes`)
    machine.crash()
    if (!silent) for (const link of this.#linksOf(id)) this.#disconnect(link)
  }

  #plan(fault: Fault): void {
    const endMs = fault.atMs + fault.forMs
    this.#agenda.at(fault.atMs, () => {
      this.#note(`${fault.kind} for ${fault.forMs} ms`)
      if (fault.kind === 'stall') this.#machines[fault.replica]?.stall(endMs)
      else if (fault.kind === 'crash') this.#crash(fault.replica, fault.silent)
      else {
        this.#network.cut(...fault.link)
        if (!fault.silent) this.#disconnect(fault.link)
      }
    })
    this.#agenda.at(endMs, () => {
      if (fault.kind === 'crash') this.#start(fault.replica)
      if (fault.kind !== 'cut') return
      this.#network.mend(...fault.link)
      this.#connect(fault.link)
    })
  }

  #connect(link: Link): void {
    const [one, other] = link
    if (this.#connected.has(link) || this.#network.isCut(one, other)) return
    if (!this.#machines[one]?.runs || !this.#machines[other]?.runs) return
    this.#connected.add(link)
    this.#up(one, other)
    this.#up(other, one)
  }

  #disconnect(link: Link): void {
    if (!this.#connected.delete(link)) return
    this.#down(...link)
    this.#down(link[1], link[0])
  }

  /** The ends of a link are told of it at different times. */
  #up(id: number, peer: number): void {
    const session = ++this.#session
    this.#sessions.set(`${id} ${peer}`, session)
    this.#agenda.after(CONNECT_MS * this.#scenario.random(), () => {
      if (this.#sessions.get(`${id} ${peer}`) === session) this.#machines[id]?.up(peer, session)
    })
  }

  #down(id: number, peer: number): void {
    const session = this.#sessions.get(`${id} ${peer}`)
    this.#agenda.after(NOTICE_MS * this.#scenario.random(), () => {
      if (this.#sessions.get(`${id} ${peer}`) === session) this.#machines[id]?.down(peer)
    })
  }

  #send(from: number, to: number, message: Message): void {
    const { kind, seq, ack } = message
    this.#note(`${from} to ${to}: ${kind} ${seq} ${ack}${detailsOf(message)}`)
    if (this.#quiet && kind !== 'digest' && kind !== 'ack')
      this.#failures.push(`${from} sends ${kind} to ${to} though nothing happens`)
    this.#network.send(from, to, message)
  }

  #note(what: string): void {
    const line = `${this.#agenda.nowMs.toFixed(3)} ${what}`
    this.#hash.update(line)
    this.#trace?.(line)
  }

  #linksOf(id: number): Link[] {
    return this.#scenario.links.filter((link) => link.includes(id))
  }

  #checkEqual(): void {
    const [first, ...rest] = this.#machines
    const heads = first?.document?.heads().join()
    const state = first?.document?.state()
    for (const { id, document } of rest) {
      if (document?.heads().join() !== heads) this.#failures.push(`the heads of 0 and ${id} differ`)
      if (document?.state() !== state) this.#failures.push(`the states of 0 and ${id} differ`)
    }
    for (const { id, unkept } of this.#machines)
      if (this.#scenario.digests && unkept.size > 0)
        this.#failures.push(`${id} does not know of ${unkept.size} changes that they are kept`)
    const crashes = this.#scenario.faults.some(({ kind }) => kind === 'crash')
    const made = this.#machines.reduce((sum, { edits }) => sum + edits, 0)
    const there = first?.document?.changes().length
    if (!crashes && there !== made) this.#failures.push(`of ${made} changes ${there} are there`)
  }

  #checkQuiet(): void {
    this.#quiet = true
    const before = this.#network.sent
    this.#agenda.runUntil(HEALED_MS + QUIET_MS)
    const sent = this.#network.sent - before
    const most = this.#scenario.links.length * QUIET_MESSAGES_PER_LINK
    if (sent > most) this.#failures.push(`${sent} messages, more than ${most}, though nothing happens`)
  }

  #end(): Outcome {
    const changes = this.#machines[0]?.document?.changes().length ?? 0
    for (const machine of this.#machines) {
      if (machine.document !== undefined) this.#note(`${machine.id} ends with ${machine.document.heads()}`)
      machine.crash()
    }
    const { sent: messages, lost } = this.#network
    const traceHash = this.#hash.digest('hex')
    const replicas = this.#machines.length
    return { seed: this.#seed, traceHash, failures: this.#failures, replicas, changes, messages, lost }
  }
}

function otherOf([one, other]: Link, id: number): number {
  return one === id ? other : one
}

function detailsOf(message: Message): string {
  switch (message.kind) {
    case 'sync':
      return ` round ${message.round}, ${message.data.byteLength} bytes${message.lacks ? ', lacks' : ''}`
    case 'changes':
    case 'ask':
    case 'stored':
      return ` ${message.hashes.map((hash) => hash.slice(0, 8))}`
    case 'digest':
      return ` ${message.heads.map((hash) => hash.slice(0, 8))}, wants ${message.wants.length}`
    default:
      return ''
  }
}
