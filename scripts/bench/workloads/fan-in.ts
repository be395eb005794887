/**
 * Many actors send to one that counts, and none of the messages may be lost.
 *
 * A mailbox refuses what is beyond its bound, and a tell that is refused is gone. So the counter that is
 * sent to by tell gets room for all messages, as its peers have; the one that is sent to by offer keeps
 * the default, and its senders wait.
 */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

type FanInSizes = {
  readonly threads: number
  readonly rounds: number
  readonly senders: number
  readonly messages: number
}

export async function run({ threads, rounds, senders, messages }: FanInSizes): Promise<Figure[]> {
  const each = Math.floor(messages / senders)
  const rateOf = (way: Way) =>
    inSystem(import.meta.url, { threads }, async (system) => {
      const seconds = await lastRound(system, FanInMatch, rounds, (match) => match.play(way, senders, each))
      return (senders * each) / seconds
    })
  return [
    { name: 'fan-in', unit: 'messages/s', value: await rateOf('tell') },
    { name: 'fan-in by offer', unit: 'messages/s', value: await rateOf('offer') },
  ]
}

type Way = 'tell' | 'offer'

export class FanInMatch extends Actor<FanInMatch> {
  static override reentrant = true
  #over = Promise.withResolvers<void>()

  async play(way: Way, senders: number, each: number): Promise<number> {
    const messages = senders * each
    const counter = await this.context.spawn(Counter, {
      args: [messages, this.context.self],
      mailbox: way === 'tell' ? { size: messages } : {},
    })
    const sending: ActorRef<Sender>[] = []
    for (let i = 0; i < senders; i++)
      sending.push(await this.context.spawn(Sender, { args: [counter, each] }))
    const started = performance.now()
    for (const sender of sending) sender.tell[way]()
    await this.#over.promise
    return secondsSince(started)
  }

  over(): void {
    this.#over.resolve()
  }
}

export class Sender extends Actor {
  readonly #counter: ActorRef<Counter>
  readonly #messages: number

  constructor(counter: ActorRef<Counter>, messages: number) {
    super()
    this.#counter = counter
    this.#messages = messages
  }

  tell(): void {
    for (let i = 0; i < this.#messages; i++) this.#counter.tell.add(1)
  }

  async offer() {
    for (let i = 0; i < this.#messages; i++) await this.#counter.offer.add(1)
  }
}

export class Counter extends Actor {
  #left: number
  readonly #match: ActorRef<FanInMatch>

  constructor(messages: number, match: ActorRef<FanInMatch>) {
    super()
    this.#left = messages
    this.#match = match
  }

  add(number: number): void {
    this.#left -= number
    if (this.#left === 0) this.#match.tell.over()
  }
}
