/** Actors for the tests of the test system. Simulated threads share this module, and so one journal. */
import { Actor, type ActorRef } from '../../../runtime/index.ts'

/** What handlers did, in the order in which they did it. */
export const journal: { calls: Map<string, number>; order: Map<string, number[]> } = {
  calls: new Map(),
  order: new Map(),
}

export function clearJournal(): void {
  journal.calls.clear()
  journal.order.clear()
}

/** Takes numbered messages, and answers some of them. */
export class Worker extends Actor<Worker> {
  /** @returns the same text; writes down that it ran */
  work(id: string): string {
    journal.calls.set(id, (journal.calls.get(id) ?? 0) + 1)
    return id
  }

  async workLater(id: string, ms: number): Promise<string> {
    await this.context.sleep(ms)
    return this.work(id)
  }

  note(sender: string, n: number): void {
    const pair = `${sender} -> ${this.context.self.path}`
    journal.order.set(pair, [...(journal.order.get(pair) ?? []), n])
  }
}

/** Sends to workers from a thread of its own. */
export class Client extends Actor<Client> {
  #sent = 0

  constructor(first = 0) {
    super()
    this.#sent = first
  }

  tellAll(workers: ActorRef<Worker>[], rounds: number, epoch: number): void {
    for (let i = 0; i < rounds; i++)
      for (const worker of workers) worker.tell.note(`${this.context.self.path}@${epoch}`, this.#sent++)
  }

  async ask(worker: ActorRef<Worker>, id: string): Promise<string> {
    return worker.ask.work(id)
  }

  watch(worker: ActorRef<Worker>, listener: ActorRef): void {
    const told = listener as unknown as { tell: { gone(path: string, kind: string): void } }
    this.context.watch(worker, (exit) => told.tell.gone(worker.path, exit.kind))
  }
}

/** Tells a listener what its timers say. */
export class Ticker extends Actor<Ticker> {
  start(listener: ActorRef): void {
    const told = listener as unknown as { tell: { tick(name: string): void } }
    this.context.timers.after(30, () => told.tell.tick('30'))
    this.context.timers.after(10, () => told.tell.tick('10, first'))
    this.context.timers.after(10, () => told.tell.tick('10, second'))
    this.context.timers.every(25, () => told.tell.tick('every 25'))
  }

  async asleep(ms: number): Promise<string> {
    await this.context.sleep(ms)
    return 'awake'
  }
}

/** Two of these keep each other busy for ever. */
export class Restless extends Actor<Restless> {
  hit(other: ActorRef<Restless>): void {
    other.tell.hit(this.context.self)
  }
}

/** Sends to both of two receivers, which tell a third what they got. */
export class Relay extends Actor<Relay> {
  pass(to: ActorRef, text: string): void {
    const told = to as unknown as { tell: { heard(by: string, text: string): void } }
    told.tell.heard(this.context.self.path, text)
  }
}

/** Takes time and chance from its context, and tells a listener what it got. */
export class Dice extends Actor<Dice> {
  roll(listener: ActorRef, pips: number[] = []): void {
    const told = listener as unknown as { tell: { rolled(pips: number[], now: number, wall: number): void } }
    const { context } = this
    pips.push(Math.floor(context.random() * 1_000))
    told.tell.rolled(pips, context.now(), context.wall())
    if (pips.length < 5) context.timers.after(context.random() * 100, () => this.roll(listener, [...pips]))
  }

  /** @returns milliseconds left to the one who asks, after so many of them */
  async patience(ms: number): Promise<number> {
    await this.context.sleep(ms)
    return this.context.deadline - this.context.now()
  }
}
