/** All messages wait in one mailbox, which has room for them, before the first of them is handled. */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

export async function run(sizes: { threads: number; rounds: number; messages: number }): Promise<Figure[]> {
  const { threads, rounds, messages } = sizes
  const seconds = await inSystem(import.meta.url, { threads }, (system) =>
    lastRound(system, DrainMatch, rounds, (match) => match.play(messages)),
  )
  return [{ name: 'drain', unit: 'messages/s', value: messages / seconds }]
}

export class DrainMatch extends Actor<DrainMatch> {
  static override reentrant = true
  #over = Promise.withResolvers<void>()

  /** The drain lives on this thread, so it gets no turn before this one ends or awaits. */
  async play(messages: number): Promise<number> {
    const drain = await this.context.spawn(Drain, {
      args: [messages, this.context.self],
      mailbox: { size: messages },
    })
    for (let i = 0; i < messages; i++) drain.tell.add(1)
    const started = performance.now()
    await this.#over.promise
    return secondsSince(started)
  }

  over(): void {
    this.#over.resolve()
  }
}

export class Drain extends Actor {
  #left: number
  readonly #match: ActorRef<DrainMatch>

  constructor(messages: number, match: ActorRef<DrainMatch>) {
    super()
    this.#left = messages
    this.#match = match
  }

  add(number: number): void {
    this.#left -= number
    if (this.#left === 0) this.#match.tell.over()
  }
}
