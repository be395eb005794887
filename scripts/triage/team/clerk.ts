import { Actor, type ActorRef } from '../../../runtime/index.ts'
import { Deciding } from '../desk/deciding.ts'
import { Judging } from '../desk/judging.ts'
import { forEach } from '../desk/lane.ts'
import { lettersFrom, type ReadLetter } from '../desk/letters.ts'
import { Parsing } from '../desk/parsing.ts'
import { Quarantine } from '../desk/quarantine.ts'
import { openPlan, type SharedPlan, unfinishedOf } from '../documents/coordination-plan.ts'
import { openLog } from '../documents/decision-log.ts'
import type { Letter } from '../mail/source.ts'
import { Books } from './books.ts'
import type { CommitteeAgent } from './committee.ts'
import type { Parser } from './parser.ts'
import type { Reader } from './reader.ts'
import type { Warden } from './warden.ts'

/** Letters under way at a time, over all clerks: enough to fill the encoder's batches, few enough to hold in memory. */
const IN_FLIGHT = 96

/** What all clerks are given. */
export interface Desk {
  readonly reader: ActorRef<Reader>
  readonly parsers: readonly ActorRef<Parser>[]
  readonly warden: ActorRef<Warden>
  readonly committee: ActorRef<CommitteeAgent>
  /** All that are judged, in the order of the plan. */
  readonly letters: readonly Pick<Letter, 'id' | 'file'>[]
  /** The meaning member is asked about every so manieth letter in any case. */
  readonly spotCheckEvery: number
  readonly clerks: number
}

/** A letter that is to be judged, with the part that it is of. */
interface OwnLetter extends Pick<Letter, 'id' | 'file'> {
  readonly part: string
  readonly index: number
}

/**
 * Does the parts of the plan that are its own, wherever they came from, and writes into the log what became
 * of each letter. It keeps nothing: a clerk that starts anew finds in the plan what it has to do, and in the
 * log what it has done.
 *
 *     plan ─▶ own parts ─▶ reader ─▶ parsers ─▶ committee ( ─▶ validators, where it is kept from its reader )
 *          ─▶ log ─▶ plan
 */
export class Clerk extends Actor<Clerk> {
  readonly #name: string
  readonly #desk: Desk
  readonly #judging: Judging
  readonly #quarantine: Quarantine
  readonly #end = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #plan!: SharedPlan
  #books: Books | undefined

  /** @param name what the plan calls it */
  constructor(name: string, desk: Desk) {
    super()
    this.#name = name
    this.#desk = desk
    this.#judging = new Judging(new Parsing(desk.parsers, desk.warden), new Deciding(desk.committee))
    this.#quarantine = new Quarantine(this.context)
  }

  override async onStart(): Promise<void> {
    const { context } = this
    this.#plan = await openPlan(context)
    const log = await openLog(context)
    this.#books = new Books({
      ...{ clerk: this.#name, plan: this.#plan, log, judging: this.#judging },
      sleep: (ms) => context.sleep(ms),
    })
    context.defer(() => this.#end.abort())
    void this.#work().catch((error) => this.#failed(error))
  }

  /** What is being stored is stored when this one is gone, so that whoever takes its parts over finds it. */
  override async onStop(): Promise<void> {
    await this.#books?.settled()
  }

  /** Begins no further letter; resolves when all that were begun are in the log. */
  async finish(): Promise<void> {
    this.#end.abort()
    await Promise.allSettled(this.#underWay)
  }

  /** Logs nothing more where it is in the middle of a part, and says whether it is: only chaos wants that. */
  closeInTheMiddle(): boolean {
    return this.#books!.closeInTheMiddle()
  }

  async #work(): Promise<void> {
    const atOnce = Math.max(1, Math.floor(IN_FLIGHT / this.#desk.clerks))
    await forEach(this.#letters(), atOnce, this.#end.signal, async (read) => {
      const work = this.#judge(read)
      this.#underWay.add(work)
      await work.finally(() => this.#underWay.delete(work))
    })
  }

  async #judge({ letter: { part, index, id }, taken }: ReadLetter<OwnLetter>): Promise<void> {
    const spotCheck = index % this.#desk.spotCheckEvery === 0
    const judged = await this.#judging.judge(taken, spotCheck)
    const ending = await this.#quarantine.seal(id, judged)
    await this.#books!.enter(part, { index, ending })
  }

  async *#letters(): AsyncGenerator<ReadLetter<OwnLetter>> {
    const { reader, letters } = this.#desk
    for await (const part of this.#ownParts()) {
      const left = await this.#books!.take(part)
      yield* lettersFrom(
        reader,
        left.map((index) => ({ part, index, ...letters[index]! })),
      )
    }
  }

  /** Each part that is given to it, once, as soon as the one before has been read. */
  async *#ownParts(): AsyncGenerator<string> {
    const begun = new Set<string>()
    const next = () => unfinishedOf(this.#plan.view(), this.#name).find((id) => !begun.has(id))
    for await (const _ of this.#plan.watch())
      for (let part = next(); part !== undefined; part = next()) {
        begun.add(part)
        yield part
      }
  }

  /** The work goes on beside the turns, so its failure has to be made one of a turn. */
  #failed(error: unknown): void {
    if (this.#end.signal.aborted) return
    this.context.timers.after(0, () => {
      throw error
    })
  }
}
