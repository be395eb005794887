/**
 * Nodes that share a document and begin epochs of it, under faults that a seed chooses. After the last fault they
 * have to come to the same state in the same epoch, with every edit that was stored, each once.
 */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { type Random, seededRandom } from '../../../../../actors/agent/models/random.ts'
import { Agenda } from '../../../../protocols/replication/simulation/agenda.ts'
import { Network } from '../../../../protocols/replication/simulation/network.ts'
import { SimulatedNode, type World } from './node.ts'

const FAULTS_END_MS = 20_000
/** By then everything that went wrong has to be made up for. */
const HEALED_MS = FAULTS_END_MS + 200_000
/** In so many milliseconds promises come one after the other, and then time goes on. */
const STEP_MS = 5

export interface Outcome {
  readonly failures: readonly string[]
  readonly epoch: number
  readonly edits: number
  readonly lost: number
  /** The same for the same seed. */
  readonly trace: string
}

export async function simulate(seed: number, trace?: (line: string) => void): Promise<Outcome> {
  return new Simulation(seed, trace).run()
}

class Simulation {
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #network: Network
  readonly #nodes: SimulatedNode[]
  readonly #links: readonly (readonly [number, number])[]
  readonly #hash = createHash('sha256')
  readonly #trace: ((line: string) => void) | undefined
  /** Now and then all are apart for long, and edit enough for many more epochs than are remembered. */
  readonly #isApart: boolean
  #crashes = 0

  constructor(seed: number, trace: ((line: string) => void) | undefined) {
    const random = seededRandom(seed)
    this.#random = random
    this.#trace = trace
    const count = 2 + Math.floor(random() * 3)
    this.#isApart = random() < 0.1
    // Who has never heard of another does not wait for it.
    const weather =
      random() < 0.4 || this.#isApart
        ? { delayMs: 2, jitterMs: 0, loss: 0, duplication: 0 }
        : { delayMs: 10, jitterMs: 100 * random(), loss: 0.3 * random(), duplication: 0.2 * random() }
    this.#network = new Network(this.#agenda, random, weather, (from, to, message) =>
      this.#nodes[to]?.deliver(`${from}`, message),
    )
    const world: World = {
      ...{ agenda: this.#agenda, random },
      send: (from, to, message) => {
        this.#note(`${from} to ${to}: ${(message as { kind: string }).kind}`)
        this.#network.send(Number(from), Number(to), message)
      },
      note: (what) => this.#note(what),
    }
    this.#nodes = Array.from({ length: count }, (_, index) => new SimulatedNode(`${index}`, world))
    const isMesh = random() < 0.5
    this.#links = this.#nodes.flatMap((_, one) =>
      this.#nodes.flatMap((_, other) =>
        one < other && (isMesh || other === one + 1) ? [[one, other] as const] : [],
      ),
    )
  }

  async run(): Promise<Outcome> {
    for (const node of this.#nodes) await node.start()
    for (const link of this.#links) this.#connect(link)
    const edits = 20 + Math.floor(this.#random() * 120)
    if (this.#isApart) {
      this.#plan(700, (node) => node.overwrite())
      for (const link of this.#links) this.#planCut(link, FAULTS_END_MS / 20, FAULTS_END_MS)
    }
    this.#plan(edits, (node) => node.edit())
    for (let left = Math.floor(this.#random() * 6); left > 0; left--) this.#planFault()
    this.#agenda.at(FAULTS_END_MS, () => this.#network.clear())
    for (
      let at = STEP_MS;
      at <= HEALED_MS && !(at > FAULTS_END_MS + 2_000 && this.#isEqual());
      at += STEP_MS
    ) {
      this.#agenda.runUntil(at)
      await setImmediate()
    }
    return this.#end()
  }

  #plan(times: number, run: (node: SimulatedNode) => void): void {
    for (let left = times; left > 0; left--)
      this.#agenda.at(this.#random() * FAULTS_END_MS, () => run(this.#any()))
  }

  #planFault(): void {
    const atMs = this.#random() * FAULTS_END_MS
    const endMs = atMs + this.#random() * (FAULTS_END_MS - atMs)
    const link = this.#links[Math.floor(this.#random() * this.#links.length)] as readonly [number, number]
    if (this.#random() < 0.6) return this.#planCut(link, atMs, endMs)
    const node = this.#any()
    this.#agenda.at(atMs, () => {
      if (!node.runs) return
      this.#note(`${node.name} crashes`)
      this.#crashes++
      node.crash()
      this.#agenda.at(endMs, () => {
        void node.start().then(() => {
          for (const link of this.#links) if (link.includes(Number(node.name))) this.#connect(link)
        })
      })
    })
  }

  #planCut(link: readonly [number, number], atMs: number, endMs: number): void {
    const isSilent = this.#random() < 0.5
    this.#agenda.at(atMs, () => {
      this.#note(`${link} cut`)
      this.#network.cut(...link)
      if (!isSilent) this.#disconnect(link)
    })
    this.#agenda.at(endMs, () => {
      this.#network.mend(...link)
      if (!isSilent) this.#connect(link)
    })
  }

  #connect(link: readonly [number, number]): void {
    this.#disconnect(link)
    const [one, other] = link.map((index) => this.#nodes[index]) as [SimulatedNode, SimulatedNode]
    if (!one.runs || !other.runs) return
    one.connect(other.name)
    other.connect(one.name)
  }

  #disconnect(link: readonly [number, number]): void {
    const [one, other] = link.map((index) => this.#nodes[index]) as [SimulatedNode, SimulatedNode]
    one.disconnect(other.name)
    other.disconnect(one.name)
  }

  #any(): SimulatedNode {
    return this.#nodes[Math.floor(this.#random() * this.#nodes.length)] as SimulatedNode
  }

  #states(): string[] {
    return this.#nodes.map(({ open }) =>
      open === undefined
        ? 'down'
        : [open.document.first, open.document.pending, ...open.document.heads].join(),
    )
  }

  #isEqual(): boolean {
    const [first, ...others] = this.#states()
    return first !== 'down' && others.every((other) => other === first)
  }

  #end(): Outcome {
    const failures = this.#nodes.flatMap(({ wrong }) => wrong)
    if (!this.#isEqual()) failures.push(`the nodes differ: ${this.#states().join(' | ')}`)
    const made = this.#nodes.reduce((sum, { edits }) => sum + edits, 0)
    for (const node of this.#nodes) this.#check(node, made, failures)
    const { open } = this.#nodes[0] as SimulatedNode
    const epoch = open?.document.epoch ?? 0
    for (const each of this.#states()) this.#note(each)
    for (const node of this.#nodes) node.crash()
    return { failures, epoch, edits: made, lost: this.#network.lost, trace: this.#hash.digest('hex') }
  }

  #check(node: SimulatedNode, made: number, failures: string[]): void {
    const view = node.open?.document.view()
    if (view === undefined) return
    const there = new Set(view.list)
    if (there.size !== view.list.length) failures.push(`${node.name} has edits twice: ${view.list}`)
    if (view.total.value !== view.list.length)
      failures.push(`${node.name} counts ${view.total.value} of ${view.list.length}`)
    for (const { kept } of this.#nodes)
      for (const id of kept) if (!there.has(id)) failures.push(`${node.name} has lost ${id}`)
    if (this.#crashes === 0 && view.list.length !== made)
      failures.push(`${node.name} has ${view.list.length} edits of ${made}`)
    if (this.#crashes === 0)
      for (const { name, edits } of this.#nodes)
        if ((view.last[name] ?? 0) !== edits) failures.push(`${node.name} has ${view.last[name]} of ${name}`)
  }

  #note(what: string): void {
    const line = `${this.#agenda.nowMs.toFixed(3)} ${what}`
    this.#hash.update(line)
    this.#trace?.(line)
  }
}
