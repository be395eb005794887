/** What the supervisors did while the job ran, and who took over what. */
import type { ActorSystem } from '../../runtime/index.ts'
import type { HandOver } from './desk/dispatch.ts'

export interface Incident {
  /** Seconds since the job began. */
  readonly at: number
  readonly kind: 'restart' | 'stall' | 'thread lost' | 'handed over'
  readonly what: string
}

/** Beyond this many they are only counted. */
const MAX_KEPT = 500

export class Incidents {
  restarts = 0
  stalls = 0
  threadsLost = 0
  deadLetters = 0
  readonly kept: Incident[] = []
  readonly #since = performance.now()

  /** Takes down what happens in a system from now on. */
  watch(system: ActorSystem): void {
    system.on('restart', ({ path, exit }) => {
      this.restarts++
      const why = exit.kind === 'stopped' ? 'it did not answer any more' : (exit.error?.message ?? exit.kind)
      this.#keep('restart', `${path}: ${why}`)
    })
    system.on('stall', ({ path, method, ms }) => {
      this.stalls++
      this.#keep('stall', `${path}.${method} has blocked its thread for ${Math.round(ms)} ms`)
    })
    system.on('threadLost', ({ thread, reason, actors }) => {
      this.threadsLost++
      this.#keep('thread lost', `thread ${thread} with ${actors.length} actors: ${reason}`)
    })
    system.on('deadLetter', () => this.deadLetters++)
  }

  handedOver({ part, from, to, after, letters }: HandOver): void {
    this.#keep('handed over', `part ${part} went from ${from} to ${to} after ${after} of ${letters} letters`)
  }

  #keep(kind: Incident['kind'], what: string): void {
    if (this.kept.length >= MAX_KEPT) return
    this.kept.push({ at: (performance.now() - this.#since) / 1_000, kind, what })
  }
}
