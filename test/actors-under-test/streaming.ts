/** Actors for the tests of streams, topics, timers and offloaded work. */
import { Actor, type ActorRef } from '../../runtime/index.ts'
import type { Recorder } from './basics.ts'

export class Source extends Actor<Source> {
  readonly #log: ActorRef<Recorder> | undefined

  constructor(log?: ActorRef<Recorder>) {
    super()
    this.#log = log
  }

  *numbers(count: number): Generator<number> {
    try {
      for (let n = 0; n < count; n++) yield n
    } finally {
      this.#log?.tell.hear('closed')
    }
  }

  async *slowly(count: number, ms: number): AsyncGenerator<number> {
    try {
      for (let n = 0; n < count; n++) {
        await this.context.sleep(ms)
        yield n
      }
    } finally {
      this.#log?.tell.hear('closed')
    }
  }

  *breaks(after: number): Generator<number> {
    for (let n = 0; n < after; n++) yield n
    throw new RangeError('the stream broke')
  }

  async *breaksLater(after: number): AsyncGenerator<number> {
    for (let n = 0; n < after; n++) yield n
    throw new RangeError('the stream broke')
  }

  *unsendable(): Generator<unknown> {
    yield () => 1
  }

  *selves(count: number): Generator<ActorRef<Source>> {
    for (let n = 0; n < count; n++) yield this.context.self
  }

  /** Its iterator may not be stopped in peace. */
  *closesBadly(): Generator<number> {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: that an error while a stream is closed does no harm is what is tested.
      throw new Error('could not clean up')
    }
  }

  spawnBelow(log: ActorRef<Recorder>): Promise<ActorRef<Source>> {
    return this.context.spawn(Source, { args: [log] })
  }

  noStream(): number {
    return 1
  }

  async work(ms: number): Promise<void> {
    await this.context.sleep(ms)
  }

  async failAfter(ms: number): Promise<never> {
    await this.context.sleep(ms)
    throw new Error('failed meanwhile')
  }

  ping(): string {
    return 'pong'
  }

  exitProcess(): never {
    process.exit(1)
  }

  /** Reads from another and adds up what it gets. */
  async sum(other: ActorRef<Source>, count: number): Promise<number> {
    let sum = 0
    for await (const n of other.stream.numbers(count)) sum += n
    return sum
  }

  async readForEver(other: ActorRef<Source>): Promise<void> {
    for await (const n of other.stream.slowly(1_000_000, 5)) void n
  }
}

export class Subscriber extends Actor<Subscriber> {
  readonly #heard: unknown[] = []
  #end: () => void = () => undefined

  subscribe(topic: string): void {
    this.#end = this.context.subscribe(topic, (message) => void this.#heard.push(message))
  }

  unsubscribe(): void {
    this.#end()
  }

  heard(): unknown[] {
    return [...this.#heard]
  }

  publish(topic: string, message: unknown): void {
    this.context.publish(topic, message)
  }

  publishFunction(topic: string): void {
    this.context.publish(topic, () => 1)
  }

  subscribeBadly(topic: string): void {
    this.context.subscribe(topic, () => {
      throw new Error('a bad listener')
    })
  }

  async hold(ms: number): Promise<void> {
    await this.context.sleep(ms)
  }

  boom(): never {
    throw new Error('boom')
  }

  exitProcess(): never {
    process.exit(1)
  }
}

export class Alarm extends Actor<Alarm> {
  readonly #log: ActorRef<Recorder>
  #end: () => void = () => undefined
  #busy = false

  constructor(log: ActorRef<Recorder>) {
    super()
    this.#log = log
  }

  after(ms: number, what: string): void {
    this.#end = this.context.timers.after(ms, () => this.#log.tell.hear(what))
  }

  every(ms: number, what: string): void {
    this.#end = this.context.timers.every(ms, () => this.#log.tell.hear(what))
  }

  /** Tells where a tick begins while another is under way. */
  everySlowly(ms: number, takes: number): void {
    this.#end = this.context.timers.every(ms, async () => {
      this.#log.tell.hear(this.#busy ? 'overlap' : 'tick')
      this.#busy = true
      await this.context.sleep(takes)
      this.#busy = false
    })
  }

  afterwardsThrow(ms: number): void {
    this.context.timers.after(ms, () => {
      throw new Error('the timer failed')
    })
  }

  end(): void {
    this.#end()
  }

  boom(): never {
    throw new Error('boom')
  }

  ping(): string {
    return 'pong'
  }

  wrong(how: 'after' | 'every' | 'sleep'): unknown {
    if (how === 'sleep') return this.context.sleep(Number.NaN)
    return how === 'after' ? this.context.timers.after(-1, () => {}) : this.context.timers.every(0, () => {})
  }
}

export class Offloader extends Actor<Offloader> {
  #abort = new AbortController()

  run(fn: string, args: unknown[], timeoutMs?: number): Promise<unknown> {
    return this.context.offload(new URL('../support/offloaded.ts', import.meta.url), fn, args, { timeoutMs })
  }

  /** What the job ends with; it must not fail the actor. */
  async error(fn: string, args: unknown[], timeoutMs?: number): Promise<unknown> {
    try {
      return await this.run(fn, args, timeoutMs)
    } catch (error) {
      return error
    }
  }

  async runAndAbort(ms: number): Promise<unknown> {
    this.#abort = new AbortController()
    this.context.sleep(ms).then(
      () => this.#abort.abort(),
      () => undefined,
    )
    try {
      const module = new URL('../support/offloaded.ts', import.meta.url).href
      return await this.context.offload(module, 'never', [], { signal: this.#abort.signal })
    } catch (error) {
      return error
    }
  }

  async runAborted(): Promise<unknown> {
    try {
      return await this.context.offload(new URL('../support/offloaded.ts', import.meta.url), 'never', [], {
        signal: AbortSignal.abort(),
      })
    } catch (error) {
      return error
    }
  }
}
