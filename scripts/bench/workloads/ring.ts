/** One token passes around a ring of actors. */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

type RingSizes = {
  readonly threads: number
  readonly rounds: number
  readonly actors: number
  readonly hops: number
}

export async function run({ threads, rounds, actors, hops }: RingSizes): Promise<Figure[]> {
  const seconds = await inSystem(import.meta.url, { threads }, (system) =>
    lastRound(system, RingMatch, rounds, (match) => match.play(actors, hops)),
  )
  return [{ name: 'ring', unit: 'hops/s', value: hops / seconds }]
}

export class RingMatch extends Actor<RingMatch> {
  static override reentrant = true
  #over = Promise.withResolvers<void>()

  async play(actors: number, hops: number): Promise<number> {
    const first = await this.#close(actors)
    const started = performance.now()
    first.tell.pass(hops)
    await this.#over.promise
    return secondsSince(started)
  }

  async #close(actors: number): Promise<ActorRef<Member>> {
    const { self } = this.context
    const first = await this.context.spawn(Member, { args: [self] })
    let last = first
    for (let i = 1; i < actors; i++) {
      const member = await this.context.spawn(Member, { args: [self] })
      await member.ask.join(last)
      last = member
    }
    await first.ask.join(last)
    return first
  }

  over(): void {
    this.#over.resolve()
  }
}

export class Member extends Actor {
  readonly #match: ActorRef<RingMatch>
  #next: ActorRef<Member> | undefined

  constructor(match: ActorRef<RingMatch>) {
    super()
    this.#match = match
  }

  join(next: ActorRef<Member>): void {
    this.#next = next
  }

  pass(hopsLeft: number): void {
    if (hopsLeft > 0) this.#next?.tell.pass(hopsLeft - 1)
    else this.#match.tell.over()
  }
}
