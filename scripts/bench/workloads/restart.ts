/**
 * An actor throws, its supervisor restarts it, and the new instance answers an ask; then the next one.
 *
 * The intensity is out of reach, since the default of 3 restarts in 5 s would end this at once, and
 * nothing is logged, since each restart writes a line.
 *
 * Supervisors live on the control thread. So all on one thread means all on that one; where the actors
 * live on a worker thread, each restart takes a message there and back.
 */
import { Actor, type ActorRef, child, supervisor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

type RestartSizes = {
  readonly rounds: number
  readonly supervisors: number
  readonly restarts: number
}

export async function run({ rounds, supervisors, restarts }: RestartSizes): Promise<Figure[]> {
  const rateWith = (threads: number) =>
    inSystem(import.meta.url, { threads, logLevel: 'silent' }, async (system) => {
      const seconds = await lastRound(system, Crasher, rounds, (crasher) =>
        crasher.crash(supervisors, restarts),
      )
      return restarts / seconds
    })
  return [
    { name: 'restart', unit: 'restarts/s', value: await rateWith(0) },
    { name: 'restart across threads', unit: 'restarts/s', value: await rateWith(1) },
  ]
}

export class Crasher extends Actor {
  async crash(supervisors: number, restarts: number): Promise<number> {
    const fragile: ActorRef<Fragile>[] = []
    for (let i = 0; i < supervisors; i++) fragile.push(await this.#supervised())
    const started = performance.now()
    for (let i = 0; i < restarts; i++) await crashAndAsk(fragile[i % supervisors]!)
    return secondsSince(started)
  }

  async #supervised(): Promise<ActorRef<Fragile>> {
    const Guard = supervisor({
      strategy: 'one-for-one',
      intensity: { restarts: 1_000_000_000, withinMs: 1_000 },
      children: { fragile: child(Fragile) },
    })
    const guard = await this.context.spawn(Guard)
    return guard.child('fragile')
  }
}

async function crashAndAsk(fragile: ActorRef<Fragile>): Promise<void> {
  fragile.tell.crash()
  const total = await fragile.ask.add(1)
  if (total !== 1) throw new Error(`it was not restarted: its total is ${total}`)
}

export class Fragile extends Actor {
  #total = 0

  add(number: number): number {
    return (this.#total += number)
  }

  crash(): void {
    throw new Error('crash')
  }
}
