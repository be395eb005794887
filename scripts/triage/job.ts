/**
 * The main job: a team of agents learns from one half of the mail and decides on the other.
 *
 *     learning   reader ─▶ parsers ─▶ words, headers, meaning learn ─▶ their rehearsed opinions ─▶ committee
 *     deciding   reader ─▶ parsers ─▶ committee ─▶ words, headers ( ─▶ meaning, where in doubt ) ─▶ decision
 *
 * This is the one that hands out work. It runs on the starting thread, beside the supervisors, and so
 * outlives every other; what it keeps is the ledger, in which each letter ends exactly once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActorRef, ActorSystem } from '../../runtime/index.ts'
import { Strikes } from './chaos/strikes.ts'
import { Deciding } from './desk/deciding.ts'
import { forEach } from './desk/lane.ts'
import { type Ending, INTERRUPTED, Ledger } from './desk/ledger.ts'
import { lettersFrom, type ReadLetter } from './desk/letters.ts'
import { Parsing, RefusedLetter } from './desk/parsing.ts'
import { teach } from './desk/teaching.ts'
import type { Mail } from './mail/parse.ts'
import type { Letter } from './mail/source.ts'
import type { Member } from './members.ts'
import type { Plan } from './plan.ts'
import type { Phase, Progress } from './progress.ts'
import type { CommitteeAgent } from './team/committee.ts'
import type { Taken } from './team/reader.ts'
import type { Lesson } from './team/spam-agent.ts'
import type { Team } from './team/start.ts'
import type { Ballot } from './vote.ts'

/** Letters under way at a time: enough to fill the encoder's batches, few enough to hold in memory. */
const IN_FLIGHT = 64
/** After an interruption, what is under way has this long to end. */
const GRACE_MS = 3_000
/** The committee goes through all its ballots again. */
const REVIEW_MS = 30_000

type End = (ending: Ending) => void

/** A letter of the learning half that could be read. */
interface Learnt extends Lesson {
  readonly end: End
}

export interface JobParts {
  readonly system: ActorSystem
  readonly team: Team
  readonly plan: Plan
  readonly progress: Progress
  /** Whether threads are to be lost on the way. */
  readonly chaos: boolean
  /** When it aborts, no further letter is begun, and what is under way may end. */
  readonly signal: AbortSignal
}

export class Job {
  readonly ledger = new Ledger()
  readonly parsing: Parsing
  readonly #parts: JobParts
  /** By their places in the plan, whichever is parsed first, so that the same seed teaches the same. */
  readonly #lessons: Learnt[] = []
  #deciding: Deciding | undefined

  constructor(parts: JobParts) {
    const { team, system } = parts
    this.#parts = parts
    this.parsing = new Parsing(team.parsers, team.quarantine, (path) => system.control.restart(path))
  }

  /** Letters that the members learn from. */
  get learnt(): number {
    return this.#learnt().length
  }

  /** Mails that the committee had to be asked about again. */
  get repeated(): number {
    return this.#deciding?.repeated ?? 0
  }

  /** Runs to the end, or to the end of what was under way at an interruption. All sums hold then. */
  async run(): Promise<void> {
    const { signal } = this.#parts
    const work = this.#learnAndDecide()
    try {
      await Promise.race([work, once(signal).then(() => sleep(GRACE_MS))])
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      work.catch(() => undefined)
      this.ledger.close(INTERRUPTED)
    }
  }

  async #learnAndDecide(): Promise<void> {
    this.#deciding = new Deciding(await this.#learn())
    await this.#decide(this.#deciding)
  }

  async #learn(): Promise<ActorRef<CommitteeAgent>> {
    const { plan, team } = this.#parts
    const { learnFrom, unsureWithin } = plan.meaning
    const first = Promise.withResolvers<void>()
    const reading = this.#readLessons(Math.min(learnFrom, plan.learn.length), first.resolve)
    // The encoder is the slowest of all, so the meaning member begins as soon as it has its lessons.
    const meaning = first.promise.then(() => this.#teach('meaning', this.#learnt(learnFrom)))
    const others = reading.then(() =>
      Promise.all([this.#teach('words', this.#learnt()), this.#teach('headers', this.#learnt())]),
    )
    const [meanings, [words, headers]] = await Promise.all([meaning, others, reading])
    const ballots = this.#learnt().map(
      ({ spam }, i): Ballot => ({
        spam,
        opinions: { words: words[i], headers: headers[i], meaning: meanings[i] },
      }),
    )
    const committee = await team.appoint(ballots, unsureWithin)
    const decisions = await committee.within(REVIEW_MS).ask.review()
    for (const [i, { end }] of this.#learnt().entries())
      end({ kind: 'decided', decision: decisions[i]!, how: 'learnt' })
    return committee
  }

  /** @param onFirst called once so many of the first letters have been read */
  #readLessons(first: number, onFirst: () => void): Promise<void> {
    const { plan, progress } = this.#parts
    let missing = first
    const work = async (phase: Phase): Promise<void> => {
      await this.#eachLetter(plan.learn, async ({ letter, index, taken }) => {
        const end = plan.learnIsInput ? this.ledger.takeIn(letter) : () => undefined
        const mail = await this.#parse(taken, end)
        if (mail !== undefined) this.#lessons[index] = { mail, spam: letter.spam === true, end }
        phase.done++
        if (index < first && --missing === 0) onFirst()
      })
      onFirst()
    }
    return progress.phase('read what to learn from', work, plan.learn.length)
  }

  /** The letters that could be read, out of the first so many of the learning half. */
  #learnt(first = Number.POSITIVE_INFINITY): Learnt[] {
    return this.#lessons.slice(0, first).filter((lesson) => lesson !== undefined)
  }

  #teach(member: Member, lessons: readonly Lesson[]): Promise<readonly number[]> {
    const { progress, team, signal } = this.#parts
    return progress.phase(
      `${member} learns`,
      async (phase) => {
        signal.throwIfAborted()
        const plain = lessons.map(({ mail, spam }) => ({ mail, spam }))
        return teach(team.members[member], plain, (studied) => {
          phase.done = studied
        })
      },
      lessons.length,
      'lessons',
    )
  }

  #decide(committee: Deciding): Promise<void> {
    const { plan, progress, chaos, system } = this.#parts
    const strikes = chaos ? new Strikes(system, plan.judge.length) : undefined
    return progress.phase(
      'decide',
      async (phase) => {
        await this.#eachLetter(plan.judge, async ({ letter, index, taken }) => {
          const spotCheck = index % plan.meaning.spotCheckEvery === 0
          const end = this.ledger.takeIn(letter)
          const mail = await this.#parse(taken, end)
          if (mail !== undefined) await this.#decideOn(committee, mail, spotCheck, end)
          phase.done++
          await strikes?.after(phase.done)
        })
      },
      plan.judge.length,
    )
  }

  async #decideOn(committee: Deciding, mail: Mail, spotCheck: boolean, end: End): Promise<void> {
    try {
      const decision = await committee.decide({ mail, spotCheck })
      end({ kind: 'decided', decision, how: spotCheck ? 'spot-check' : 'judged' })
    } catch (error) {
      end({ kind: 'set-aside', reason: `the committee came to no decision: ${(error as Error).message}` })
    }
  }

  /** The mail in a letter; undefined where it had none, which is its ending. */
  async #parse(taken: Taken, end: End): Promise<Mail | undefined> {
    try {
      if ('raw' in taken) return await this.parsing.parse(taken.raw)
      end({ kind: taken.refused ? 'refused' : 'set-aside', reason: taken.problem })
    } catch (error) {
      const kind = error instanceof RefusedLetter ? 'refused' : 'set-aside'
      end({ kind, reason: (error as Error).message })
    }
    return undefined
  }

  #eachLetter(letters: readonly Letter[], work: (letter: ReadLetter) => Promise<void>): Promise<void> {
    const { team, signal } = this.#parts
    return forEach(lettersFrom(team.reader, letters), IN_FLIGHT, signal, work)
  }
}

function once(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
