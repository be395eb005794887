/**
 * A supervised tree under faults that a seed chooses: what is done to it, and what has to hold whatever
 * is done.
 *
 *   /user/team (supervisor): worker-0 .. worker-3 (permanent), brief (temporary)
 *   /user/client-0, client-1: tell and ask the workers;  /user/ear: is told of watches
 */
import assert from 'node:assert/strict'
import {
  type ActorRef,
  child,
  type Exit,
  NeuroplexError,
  type SupervisorRef,
  type SystemEvents,
  supervisor,
} from '../../../runtime/index.ts'
import { type LooseRef, type Probe, TestSystem } from '../../../runtime/testing/index.ts'
import { Client, clearJournal, journal, Worker } from './actors.ts'

const modules = [import.meta.resolve('./actors.ts')]
const STRATEGIES = ['one-for-one', 'one-for-all', 'rest-for-one'] as const
/** Restarts within that time that the team may cost; with so many it is never given up. */
const BUDGETS = [1, 3, 1_000]
const WITHIN_MS = 5_000
const ASK_MS = 3_000
const STEPS = 25

/** Whole numbers below a bound, from the seed of a scenario and apart from what the system draws. */
type Draw = (below: number) => number

interface Ask {
  id: string
  outcome: { value: unknown } | { error: Error } | undefined
}

export class Scenario {
  readonly #system: TestSystem
  readonly #draw: Draw
  readonly #budget: number
  readonly #asks: Ask[] = []
  readonly #restarts: (SystemEvents['restart'] & { at: number })[] = []
  readonly #exits: Exit[] = []
  readonly #watched = new Map<string, Exit[]>()
  #team!: SupervisorRef
  #workers: ActorRef<Worker>[] = []
  #brief!: ActorRef<Worker>
  #clients: ActorRef<Client>[] = []
  #ear!: Probe<LooseRef>
  #epoch = 0

  static async run(seed: number): Promise<void> {
    clearJournal()
    const draw = drawFrom(seed)
    await using system = await TestSystem.start({
      ...{ modules, threads: 1 + draw(3), seed, trace: seed % 2 === 0 },
      limits: { stallMs: 1_000, askTimeoutMs: ASK_MS, shutdownMs: 500 },
    })
    const scenario = new Scenario(system, draw)
    await scenario.#start()
    for (let step = 0; step < STEPS; step++) await scenario.#step()
    await scenario.#end()
    await scenario.#check()
  }

  private constructor(system: TestSystem, draw: Draw) {
    this.#system = system
    this.#draw = draw
    this.#budget = BUDGETS[draw(BUDGETS.length)] as number
  }

  async #start(): Promise<void> {
    const system = this.#system
    system.on('restart', (restart) => this.#restarts.push({ ...restart, at: system.now() }))
    system.on('exit', (exit) => this.#exits.push(exit))
    const names = ['worker-0', 'worker-1', 'worker-2', 'worker-3']
    const workers = Object.fromEntries(
      names.map((name) => [name, child(Worker, [], { restart: 'permanent' })]),
    )
    const backoffMs: [number, number] = this.#draw(2) === 0 ? [0, 0] : [10, 200]
    const team = supervisor({
      strategy: STRATEGIES[this.#draw(3)],
      intensity: { restarts: this.#budget, withinMs: WITHIN_MS },
      backoffMs,
      children: { ...workers, brief: child(Worker, [], { restart: 'temporary' }) },
    })
    this.#team = (await system.spawn(team, {
      name: 'team',
      restart: 'temporary',
    })) as unknown as SupervisorRef
    this.#workers = (await Promise.all(names.map((name) => this.#team.child(name)))) as ActorRef<Worker>[]
    this.#brief = (await this.#team.child('brief')) as ActorRef<Worker>
    this.#clients = await Promise.all([0, 1].map((n) => system.spawn(Client, { name: `client-${n}` })))
    this.#ear = await system.probe('ear')
    for (const ref of [this.#team, ...this.#workers, this.#brief] as ActorRef[]) this.#watch(ref)
    for (const worker of [...this.#workers, this.#brief])
      this.#clients[0]?.tell.watch(worker, this.#ear.ref as unknown as ActorRef)
  }

  #watch(ref: ActorRef): void {
    const exits: Exit[] = []
    this.#watched.set(ref.path, exits)
    this.#system.watch(ref, (exit) => exits.push(exit))
  }

  async #step(): Promise<void> {
    const worker = this.#pick([...this.#workers, this.#brief])
    const client = this.#pick(this.#clients)
    const actions: (() => unknown)[] = [
      () => this.#ask((id) => worker.ask.work(id)),
      () => this.#ask((id) => worker.ask.workLater(id, this.#draw(4_000))),
      () => this.#ask((id) => client.ask.ask(worker, id)),
      () => client.tell.tellAll(this.#workers, 1 + this.#draw(20), this.#epoch++),
      () => client.tell.tellAll(this.#workers, 1 + this.#draw(20), this.#epoch++),
      () => this.#system.advance(this.#draw(2_000)),
      () => this.#system.advance(this.#draw(100)),
      () => this.#system.crash(worker, new Error(`crash ${this.#epoch++}`)),
      () => this.#system.crash(worker, new Error(`crash ${this.#epoch++}`)),
      () => this.#system.stall(worker),
      () => this.#system.loseThread(1 + this.#draw(this.#threads), `loss ${this.#epoch++}`),
    ]
    await this.#pick(actions)()
  }

  /** Lets the last stalls happen, and then asks everybody whether they are there. */
  async #end(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      for (const worker of this.#workers) this.#ask((id) => worker.ask.work(id))
      await this.#system.advance(30_000)
    }
  }

  get #threads(): number {
    return this.#system.system.control.describe().threads.length - 1
  }

  #ask(send: (id: string) => Promise<unknown>): void {
    const ask: Ask = { id: `ask-${this.#asks.length}`, outcome: undefined }
    this.#asks.push(ask)
    send(ask.id).then(
      (value) => {
        ask.outcome = { value }
      },
      (error) => {
        ask.outcome = { error }
      },
    )
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#draw(from.length)] as T
  }

  async #check(): Promise<void> {
    for (const ask of this.#asks) this.#checkAsk(ask)
    this.#checkOrder()
    this.#checkBudget()
    await this.#checkEnds()
  }

  /** Every ask has ended, and what it says about its handler is true. */
  #checkAsk({ id, outcome }: Ask): void {
    assert.ok(outcome !== undefined, `${id} has not ended`)
    const calls = journal.calls.get(id) ?? 0
    assert.ok(calls <= 1, `${id} ran ${calls} times`)
    if ('value' in outcome) assert.deepEqual([outcome.value, calls], [id, 1])
    else {
      const { error } = outcome
      assert.ok(error instanceof NeuroplexError, `${id} ended with ${error}`)
      assert.ok(error.target !== undefined && error.method !== undefined, `${id}: ${error.message}`)
      assert.equal(typeof error.mayHaveRun, 'boolean', `${id}: ${error.message}`)
      if (error.mayHaveRun === false) assert.equal(calls, 0, `${id} ran, but: ${error.message}`)
    }
  }

  /** What one actor sends another arrives in order, with gaps where a thread was lost. */
  #checkOrder(): void {
    for (const [pair, numbers] of journal.order)
      for (let i = 1; i < numbers.length; i++)
        assert.ok((numbers[i - 1] as number) < (numbers[i] as number), `${pair}: ${numbers}`)
  }

  /** Those that fall together are one restart. */
  #checkBudget(): void {
    const own = this.#restarts.filter(({ path }) => path.startsWith('/user/team/'))
    const times = new Map(own.map(({ at, exit }) => [`${at} ${exit.error?.message}`, at]))
    for (const at of times.values()) {
      const recent = [...times.values()].filter((other) => other <= at && at - other <= WITHIN_MS)
      assert.ok(
        recent.length <= this.#budget,
        `${recent.length} restarts within ${WITHIN_MS} ms, of ${this.#budget}`,
      )
    }
  }

  async #checkEnds(): Promise<void> {
    const infos = await this.#system.inspect()
    const running = new Set(infos.filter(({ state }) => state === 'running').map(({ path }) => path))
    const over = this.#exits.some(({ path }) => path === '/user/team')
    assert.equal(running.has('/user/team'), !over)
    for (const { path } of this.#workers) assert.equal(running.has(path), !over, `${path} ${over}`)
    for (const [path, exits] of this.#watched)
      assert.equal(exits.length, running.has(path) ? 0 : 1, `${path} was told of ${exits.length} times`)
    const told = this.#ear.messages.map(({ args }) => args[0] as string)
    assert.equal(new Set(told).size, told.length, `a watch fired twice: ${told}`)
    for (const path of told) assert.ok(!running.has(path), path)
    const last = this.#asks.slice(-this.#workers.length)
    assert.ok(over || last.every(({ outcome }) => outcome !== undefined && 'value' in outcome))
  }
}

function drawFrom(seed: number): Draw {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
