/** Actors for the tests of supervision: they tell a recorder when they start, stop and why. */
import { Actor, type ActorRef, child, type Exit, supervisor } from '../../runtime/index.ts'
import type { Recorder } from './basics.ts'

export class Worker extends Actor<Worker> {
  readonly #log: ActorRef<Recorder> | undefined
  readonly #stopMs: number
  #state = 0

  constructor(log?: ActorRef<Recorder>, stopMs = 0) {
    super()
    this.#log = log
    this.#stopMs = stopMs
  }

  override onStart(): void {
    this.#log?.tell.hear(`start ${this.#name}`)
  }

  override async onStop(exit: Exit): Promise<void> {
    if (this.#stopMs > 0) await this.context.sleep(this.#stopMs)
    this.#log?.tell.hear(`stop ${this.#name} ${exit.kind}`)
  }

  get #name(): string {
    return this.context.self.path.split('/').at(-1) as string
  }

  next(): number {
    return ++this.#state
  }

  boom(message = 'boom'): never {
    throw new Error(message)
  }

  async boomLater(): Promise<never> {
    await this.context.sleep(5)
    throw new Error('boom, later')
  }

  async work(ms: number): Promise<string> {
    await this.context.sleep(ms)
    return 'done'
  }

  stopSelf(): void {
    void this.context.stop(this.context.self)
  }

  link(other: ActorRef): void {
    this.context.link(other)
  }

  watch(other: ActorRef, log: ActorRef<Recorder>): void {
    this.context.watch(other, (exit) => log.tell.hear({ ...exit, by: this.context.self.path }))
  }

  async watchAndUnwatch(other: ActorRef, log: ActorRef<Recorder>): Promise<void> {
    const end = this.context.watch(other, (exit) => log.tell.hear(exit))
    end()
  }

  spawnChild(name: string, log?: ActorRef<Recorder>): Promise<ActorRef<Worker>> {
    return this.context.spawn(Worker, { name, args: [log] })
  }

  spawnOn(thread: number, name: string): Promise<ActorRef<Worker>> {
    return this.context.spawn(Worker, { name, thread })
  }

  stop(other: ActorRef): Promise<void> {
    return this.context.stop(other)
  }

  block(): never {
    for (;;);
  }

  blockFor(ms: number): void {
    const end = performance.now() + ms
    while (performance.now() < end);
  }

  async blockLater(): Promise<never> {
    await this.context.sleep(20)
    for (;;);
  }

  fillHeap(): never {
    const all: unknown[] = []
    for (;;) all.push(new Array(10_000).fill({}).map(() => ({ a: Math.random() })))
  }

  exitProcess(): never {
    process.exit(3)
  }

  /** An error in a callback of the platform, where no promise carries it to anybody. */
  async throwUncaught(): Promise<void> {
    await this.context.sleep(1)
    setTimeout(() => {
      throw new Error('uncaught')
    })
  }

  /** A promise that nobody awaits. */
  async floatRejection(): Promise<void> {
    await this.context.sleep(1)
    void Promise.reject(new Error('floating'))
  }

  async spawnSupervisor(log: ActorRef<Recorder>): Promise<ActorRef> {
    const Team = supervisor({ children: { a: child(Worker, [log]) } })
    return (await this.context.spawn(Team, { name: 'team' })) as ActorRef
  }
}

/** Fails its start as often as it is told, counted by an actor that outlives it. */
export class Starter extends Actor<Starter> {
  readonly #log: ActorRef<Recorder>
  readonly #failFrom: number

  /** @param failFrom starts with this number and later ones fail, 1 for all */
  constructor(log: ActorRef<Recorder>, failFrom: number) {
    super()
    this.#log = log
    this.#failFrom = failFrom
  }

  override async onStart(): Promise<void> {
    this.#log.tell.hear('try')
    const tries = await this.#log.ask.heard()
    if (tries.length >= this.#failFrom) throw new RangeError('can not start')
  }

  boom(): never {
    throw new Error('boom')
  }

  ping(): string {
    return 'pong'
  }
}

export class FailingConstructor extends Actor {
  constructor() {
    super()
    throw new SyntaxError('no instance')
  }
}

export class BlockingStart extends Actor {
  override onStart(): never {
    for (;;);
  }
}

/** Takes a while to start. */
export class Slow extends Actor<Slow> {
  readonly #ms: number

  constructor(ms: number) {
    super()
    this.#ms = ms
  }

  override async onStart(): Promise<void> {
    await this.context.sleep(this.#ms)
  }

  ping(): string {
    return 'pong'
  }
}

/** Runs a message that failed twice more. */
export class Redelivering extends Actor<Redelivering> {
  static override redeliver = 2
  readonly #log: ActorRef<Recorder>

  constructor(log: ActorRef<Recorder>) {
    super()
    this.#log = log
  }

  /** Fails until the log holds `succeedAt` tries of this item. */
  async take(item: string, succeedAt: number): Promise<string> {
    this.#log.tell.hear(item)
    const heard = await this.#log.ask.heard()
    const tries = heard.filter((one) => one === item).length
    if (tries < succeedAt) throw new Error(`try ${tries} of ${item}`)
    return `${item} at try ${tries}`
  }

  ping(): string {
    return 'pong'
  }
}

/** Runs a message that failed as often again as its supervisor allows restarts. */
export class Stubborn extends Actor<Stubborn> {
  static override redeliver = 3

  fail(): never {
    throw new Error('always')
  }

  ping(): string {
    return 'pong'
  }
}

/** An onStop that never ends, and one that throws. */
export class BadStopper extends Actor<BadStopper> {
  readonly #how: 'never' | 'throws'

  constructor(how: 'never' | 'throws') {
    super()
    this.#how = how
  }

  override async onStop(): Promise<void> {
    if (this.#how === 'throws') throw new Error('onStop failed')
    await new Promise<never>(() => undefined)
  }

  ping(): string {
    return 'pong'
  }

  async never(): Promise<void> {
    await new Promise<never>(() => undefined)
  }
}
