import type { ActorSystem } from '../../../runtime/index.ts'
import { Saboteur } from './actors.ts'

/**
 * The threads that are lost, and at which share of the letters: first the one on which the reader, all
 * agents and the committee live, then the one of the models that have learnt.
 */
const STRIKES = [
  { pool: 'agents', at: 1 / 3 },
  { pool: 'classifiers', at: 2 / 3 },
]

/** Ends threads in the middle of the work. */
export class Strikes {
  readonly #system: ActorSystem
  readonly #letters: number
  readonly #left = [...STRIKES]

  constructor(system: ActorSystem, letters: number) {
    this.#system = system
    this.#letters = letters
  }

  /** To be called after each letter. */
  async after(done: number): Promise<void> {
    const [next] = this.#left
    if (next === undefined || done < next.at * this.#letters) return
    this.#left.shift()
    const saboteur = await this.#system.spawn(Saboteur, { pool: next.pool, restart: 'temporary' })
    saboteur.tell.strike()
  }
}
