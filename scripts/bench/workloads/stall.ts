/**
 * A handler never returns and blocks its thread. How long it takes, beyond the limit, until another
 * actor of that thread answers again: the thread has to be found and ended, and its actors started on
 * another.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Actor, type ActorRef, type ActorSystem } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem } from './system.ts'

/** Longer than any recovery, so that it shows up as a failure of this program. */
const GIVE_UP_MS = 60_000

export async function run({ stallMs }: { stallMs: number }): Promise<Figure[]> {
  return [
    { name: 'stall, excess over the limit', unit: 'ms', value: await excess(stallMs, 1) },
    { name: 'stall, excess, two threads', unit: 'ms', value: await excess(stallMs, 2) },
  ]
}

async function excess(stallMs: number, threads: number): Promise<number> {
  const options = { threads, limits: { stallMs }, logLevel: 'silent' } as const
  return inSystem(import.meta.url, options, async (system) => {
    const blocker = await system.spawn(Blocker)
    const neighbour = await neighbourOf(await blocker.ask.thread(), system)
    const started = performance.now()
    blocker.tell.block()
    await answerOf(neighbour, started + GIVE_UP_MS)
    return performance.now() - started - stallMs
  })
}

/** Actors that the system spawns are spread over its threads, so one of several is on the wanted one. */
async function neighbourOf(thread: number, system: ActorSystem): Promise<ActorRef<Neighbour>> {
  for (;;) {
    const neighbour = await system.spawn(Neighbour)
    if ((await neighbour.ask.thread()) === thread) return neighbour
  }
}

/** The ask that was under way when the thread ended rejects, and is made again. */
async function answerOf(neighbour: ActorRef<Neighbour>, giveUpAt: number): Promise<void> {
  for (;;)
    try {
      await neighbour.ask.thread()
      return
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
      await pause(1)
    }
}

export class Blocker extends Actor {
  thread(): number {
    return this.context.thread
  }

  block(): void {
    for (;;);
  }
}

export class Neighbour extends Actor {
  thread(): number {
    return this.context.thread
  }
}
