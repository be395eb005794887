import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { Saboteur } from './actors.ts'

/**
 * What is lost, and at which share of the letters: the threads of the documents' keeper, of a validator, of all
 * agents with reader and committee, of the models that have learnt, and of a clerk; and in between a clerk for
 * good, in the middle of its part.
 */
const STRIKES = [
  { at: 1 / 6, threadOf: '/system/replicas/keeper' },
  { at: 1 / 4, threadOf: '/system/validators/local/validator-1' },
  { at: 1 / 3, threadOf: '/user/team/committee' },
  { at: 1 / 2, clerk: true },
  { at: 2 / 3, threadOf: '/user/team/models/words' },
  { at: 5 / 6, threadOf: '/user/team/clerks/' },
] as const

export interface StrikesParts {
  readonly system: ActorSystem
  /** Letters in all. */
  readonly letters: number
  /** A clerk in the middle of a part, if there is one just now that can be spared. */
  readonly clerk: () => ActorRef | undefined
}

/** Ends threads and a clerk in the middle of the work. */
export class Strikes {
  readonly #parts: StrikesParts
  readonly #left = [...STRIKES]

  constructor(parts: StrikesParts) {
    this.#parts = parts
  }

  /** To be called after each letter. */
  after(done: number): void {
    const [next] = this.#left
    if (next === undefined || done < next.at * this.#parts.letters) return
    if ('threadOf' in next) void this.#endThreadOf(next.threadOf)
    else if (!this.#endClerk()) return
    this.#left.shift()
  }

  #endClerk(): boolean {
    const clerk = this.#parts.clerk()
    if (clerk === undefined) return false
    void this.#parts.system.stop(clerk)
    return true
  }

  async #endThreadOf(path: string): Promise<void> {
    const { system } = this.#parts
    const thread = (await system.inspect()).find((actor) => actor.path.startsWith(path))?.thread
    if (thread === undefined) return
    const saboteur = await system.spawn(Saboteur, { thread, restart: 'temporary' })
    saboteur.tell.strike()
  }
}
