/**
 * Two actors answer each other; the ping carries the reference to answer to.
 *
 *   Match --play--> Pinger --ping--> Ponger
 *     ^               |  ^--pong--------'
 *     '-----over------'
 */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

export async function run(sizes: { threads: number; rounds: number; messages: number }): Promise<Figure[]> {
  const trips = sizes.messages / 2
  const seconds = await inSystem(import.meta.url, { threads: sizes.threads }, (system) =>
    lastRound(system, PingPongMatch, sizes.rounds, (match) => match.play(trips)),
  )
  return [{ name: 'ping-pong', unit: 'messages/s', value: sizes.messages / seconds }]
}

export class PingPongMatch extends Actor<PingPongMatch> {
  static override reentrant = true
  #over = Promise.withResolvers<void>()

  async play(trips: number): Promise<number> {
    const ponger = await this.context.spawn(Ponger)
    const pinger = await this.context.spawn(Pinger, { args: [ponger, trips, this.context.self] })
    const started = performance.now()
    pinger.tell.pong()
    await this.#over.promise
    return secondsSince(started)
  }

  over(): void {
    this.#over.resolve()
  }
}

export class Pinger extends Actor<Pinger> {
  readonly #ponger: ActorRef<Ponger>
  readonly #match: ActorRef<PingPongMatch>
  readonly #self = this.context.self
  #left: number

  constructor(ponger: ActorRef<Ponger>, trips: number, match: ActorRef<PingPongMatch>) {
    super()
    this.#ponger = ponger
    this.#left = trips
    this.#match = match
  }

  pong(): void {
    if (this.#left-- > 0) this.#ponger.tell.ping(this.#self)
    else this.#match.tell.over()
  }
}

export class Ponger extends Actor {
  ping(from: ActorRef<Pinger>): void {
    from.tell.pong()
  }
}
