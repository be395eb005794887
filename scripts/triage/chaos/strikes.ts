import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import type { Clerk } from '../team/clerk.ts'
import { Saboteur } from './actors.ts'

/**
 * Whose threads are lost, and at which share of the letters: of the documents' keeper, of a validator, of all agents
 * with reader and committee, of the models that have learnt, and of a clerk.
 */
const THREADS = [
  { at: 1 / 6, of: '/system/replicas/keeper' },
  { at: 1 / 4, of: '/system/validators/local/validator-1' },
  { at: 1 / 3, of: '/user/team/committee' },
  { at: 2 / 3, of: '/user/team/models/words' },
  { at: 5 / 6, of: '/user/team/clerks/' },
] as const
/** From this share on a clerk is lost for good, as soon as one is in the middle of a part. */
const CLERK_AT = 1 / 2
/** A clerk that has closed its books has to be stopped, however late it says so. */
const PATIENCE_MS = 60_000

export interface StrikesParts {
  readonly system: ActorSystem
  /** Letters in all. */
  readonly letters: number
  /** A clerk that seems to be in the middle of a part, if there is one just now that can be spared. */
  readonly clerk: () => ActorRef<Clerk> | undefined
}

/** Ends threads and a clerk in the middle of the work. */
export class Strikes {
  readonly #parts: StrikesParts
  readonly #left = [...THREADS]
  #clerk: 'to be lost' | 'asked' | 'lost' = 'to be lost'

  constructor(parts: StrikesParts) {
    this.#parts = parts
  }

  /** To be called after each letter. */
  after(done: number): void {
    const share = done / this.#parts.letters
    const [next] = this.#left
    if (next !== undefined && share >= next.at) {
      this.#left.shift()
      void this.#endThreadOf(next.of)
    }
    if (share >= CLERK_AT && this.#clerk === 'to be lost') void this.#endClerk()
  }

  /** Only the clerk itself knows where it is, and it goes on until it is asked: so it may be out of the middle again. */
  async #endClerk(): Promise<void> {
    const clerk = this.#parts.clerk()
    if (clerk === undefined) return
    this.#clerk = 'asked'
    const closed = await clerk
      .within(PATIENCE_MS)
      .ask.closeInTheMiddle()
      .catch(() => false)
    this.#clerk = closed ? 'lost' : 'to be lost'
    if (closed) await this.#parts.system.stop(clerk)
  }

  async #endThreadOf(path: string): Promise<void> {
    const { system } = this.#parts
    const thread = (await system.inspect()).find((actor) => actor.path.startsWith(path))?.thread
    if (thread === undefined) return
    const saboteur = await system.spawn(Saboteur, { thread, restart: 'temporary' })
    saboteur.tell.strike()
  }
}
