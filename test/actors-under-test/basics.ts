/** Actors for the tests of messages: what arrives, in which order, and from whom. */
import { threadId } from 'node:worker_threads'
import { Actor, type ActorRef, Refused } from '../../runtime/index.ts'

export class Counter extends Actor<Counter> {
  #total: number

  constructor(start = 0) {
    super()
    this.#total = start
  }

  add(n: number): number {
    return (this.#total += n)
  }

  total(): number {
    return this.#total
  }

  boom(message = 'boom'): never {
    throw new Error(message)
  }
}

/** Lets go who waits for it once it is opened. */
export class Gate extends Actor<Gate> {
  static override reentrant = true
  readonly #opened = Promise.withResolvers<void>()

  open(): void {
    this.#opened.resolve()
  }

  opened(): Promise<void> {
    return this.#opened.promise
  }
}

/** Keeps what it is sent; `hold` makes it wait, so that what comes later stays in its mailbox. */
export class Recorder extends Actor<Recorder> {
  readonly #heard: unknown[] = []
  #release: () => void = () => undefined

  hear(item: unknown): void {
    this.#heard.push(item)
  }

  heard(): unknown[] {
    return [...this.#heard]
  }

  async hold(ms = 5_000): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#release = resolve
    await Promise.race([promise, this.context.sleep(ms)])
  }

  holdUntilOpen(gate: ActorRef<Gate>): Promise<void> {
    return gate.ask.opened()
  }

  /** Works from outside only where the actor is reentrant. */
  release(): void {
    this.#release()
  }
}

export class ReentrantRecorder extends Recorder {
  static override reentrant = true
}

/** Its mailbox holds two messages. */
export class Narrow extends Recorder {
  static override mailbox = { size: 2 }
}

/** Forwards to another, so that tests have senders that are actors. */
export class Sender extends Actor<Sender> {
  tellMany(to: ActorRef<Recorder>, from: number, count: number): void {
    for (let i = 0; i < count; i++) to.tell.hear([this.context.self.path, from + i])
  }

  async ask(to: ActorRef<Counter>, n: number): Promise<number> {
    return to.ask.add(n)
  }

  async boom(to: ActorRef<Counter>): Promise<unknown> {
    try {
      return await to.ask.boom()
    } catch (error) {
      return error
    }
  }
}

/** Says who sent the message that it is handling. */
export class Mirror extends Actor<Mirror> {
  whoAsks(): string | undefined {
    return this.context.sender?.path
  }

  async whoAsksLater(ms: number): Promise<string | undefined> {
    await this.context.sleep(ms)
    return this.context.sender?.path
  }

  senderItself(): ActorRef | undefined {
    return this.context.sender
  }

  self(): ActorRef<Mirror> {
    return this.context.self
  }

  thread(): { context: number; worker: number } {
    return { context: this.context.thread, worker: threadId }
  }

  echo(value: unknown): unknown {
    return value
  }

  async ask(other: ActorRef<Mirror>): Promise<string | undefined> {
    return other.ask.whoAsks()
  }

  async askLater(other: ActorRef<Mirror>): Promise<string | undefined> {
    return other.ask.whoAsksLater(5)
  }

  lookup(path: string): Promise<ActorRef | undefined> {
    return this.context.lookup(path)
  }

  /** Runs in no async function of its own: what it starts belongs to its turn all the same. */
  askThroughPromise(other: ActorRef<Mirror>): Promise<string | undefined> {
    return this.context.sleep(5).then(() => other.ask.whoAsks())
  }
}

class Custom extends Error {
  readonly code = 'E_CUSTOM'
}

/** Ends its turns in every way that a handler can. */
export class Thrower extends Actor<Thrower> {
  #calls = 0

  calls(): number {
    return ++this.#calls
  }

  custom(): never {
    throw Object.assign(new Custom('not today'), { name: 'CustomError', cause: new RangeError('the reason') })
  }

  builtin(): never {
    throw new TypeError('wrong kind')
  }

  async later(): Promise<never> {
    await this.context.sleep(1)
    throw new RangeError('out of range, later')
  }

  nothing(): never {
    // biome-ignore lint/style/useThrowOnlyError: that a value that is no Error arrives as one is what is tested.
    throw 'just a text'
  }

  refuse(): never {
    throw new Refused('the account is closed')
  }

  async refuseLater(): Promise<never> {
    await this.context.sleep(1)
    throw new Refused('the account is closed')
  }

  giveFunction(): unknown {
    return { deep: [() => 1] }
  }

  giveProxy(): unknown {
    return new Proxy({}, {})
  }

  givePromiseOfRef(): Promise<ActorRef<Thrower>> {
    return Promise.resolve(this.context.self)
  }

  giveErrorAsValue(): Error {
    return new URIError('a value')
  }
}

/** Asks others and itself, for deadlines and cycles. */
export class Asker extends Actor<Asker> {
  async askAround(ring: ActorRef<Asker>[]): Promise<string> {
    const [next, ...rest] = ring
    if (next === undefined) return 'end'
    return next.ask.askAround(rest)
  }

  /** As `askAround`, after an await. */
  async askAroundLater(ring: ActorRef<Asker>[]): Promise<string> {
    await this.context.sleep(2)
    const [next, ...rest] = ring
    if (next === undefined) return 'end'
    return next.ask.askAroundLater(rest)
  }

  async never(): Promise<void> {
    await new Promise<never>(() => undefined)
  }

  /** Tells the error that ends a nested ask. */
  async nested(other: ActorRef<Asker>, log: ActorRef<Recorder>): Promise<void> {
    try {
      await other.ask.never()
    } catch (error) {
      log.tell.hear((error as Error).message)
    }
  }

  tellAround(ring: ActorRef<Asker>[], last: ActorRef<Recorder>): void {
    const [next, ...rest] = ring
    if (next === undefined) last.tell.hear('came round')
    else next.tell.tellAround(rest, last)
  }
}

export class ReentrantAsker extends Asker {
  static override reentrant = true
}
