/**
 * The main job: a team of agents learns from one half of the mail and decides on the other.
 *
 *     learning   reader ─▶ parsers ─▶ words, headers, meaning learn ─▶ their rehearsed opinions ─▶ committee
 *     deciding   plan ─▶ clerks ─▶ reader ─▶ parsers ─▶ committee ─▶ words, headers ( ─▶ meaning, where in
 *                doubt ) ─▶ decision ( ─▶ validators, where the letter is kept from its reader ) ─▶ log ─▶ ledger
 *
 * This is the one that hands out work. It runs on the starting thread, beside the supervisors, and so
 * outlives every other; what it keeps is the ledger, in which each letter ends exactly once. Plan and log are
 * documents that it shares with the clerks.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Genesis } from '../../actors/validator/index.ts'
import type { ActorRef, ActorSystem } from '../../runtime/index.ts'
import { Strikes } from './chaos/strikes.ts'
import { Coordination } from './desk/coordination.ts'
import { DecisionReader } from './desk/decision-reader.ts'
import { Dispatch, type HandOver } from './desk/dispatch.ts'
import { type Liar, liarsAmong } from './desk/evidence.ts'
import { parseTaken } from './desk/judging.ts'
import { forEach } from './desk/lane.ts'
import { type Ending, finalOf, INTERRUPTED, Ledger } from './desk/ledger.ts'
import { lettersFrom } from './desk/letters.ts'
import { LogReader } from './desk/log-reader.ts'
import { Parsing } from './desk/parsing.ts'
import { Quarantine } from './desk/quarantine.ts'
import { teach } from './desk/teaching.ts'
import type { Incidents } from './incidents.ts'
import type { Letter } from './mail/source.ts'
import type { Member } from './members.ts'
import type { Plan } from './plan.ts'
import type { Phase, Progress } from './progress.ts'
import type { CommitteeAgent } from './team/committee.ts'
import type { Lesson } from './team/spam-agent.ts'
import { CLERKS, type Clerks, type Team } from './team/start.ts'
import { VALIDATORS } from './team/tree.ts'
import type { Ballot } from './vote.ts'

/** Letters that are under way at a time: enough to keep the parsers busy, few enough to hold in memory. */
const IN_FLIGHT = 64
/** After an interruption, what is under way has this long to end. */
const GRACE_MS = 3_000
/** The committee goes through all its ballots again. */
const REVIEW_MS = 30_000
/** What is final comes to the reader of decisions by itself, in milliseconds where nothing is overloaded. */
const SEEN_MS = 10_000

/** Resolves when the letter has ended, which takes a decision of the validators where it is kept from its reader. */
type End = (ending: Ending) => Promise<void>

/** A letter of the learning half that could be read. */
interface Learnt extends Lesson {
  readonly end: End
}

export interface JobParts {
  readonly system: ActorSystem
  readonly team: Team
  /** With what the validators' chain began. */
  readonly genesis: Genesis
  readonly plan: Plan
  readonly progress: Progress
  readonly incidents: Incidents
  /** Whether threads and a clerk are to be lost on the way. */
  readonly chaos: boolean
  /** When it aborts, no further letter is begun, and what is under way may end. */
  readonly signal: AbortSignal
}

export class Job {
  readonly ledger = new Ledger()
  readonly parsing: Parsing
  readonly decided: DecisionReader
  readonly #parts: JobParts
  readonly #quarantine: Quarantine
  /** By their places in the plan, whichever is parsed first, so that the same seed teaches the same. */
  readonly #lessons: Learnt[] = []
  #coordination: Coordination | undefined
  #clerks: Clerks | undefined
  #log: LogReader | undefined

  constructor(parts: JobParts) {
    const { team, system, genesis } = parts
    this.#parts = parts
    this.parsing = new Parsing(team.parsers, team.warden)
    this.decided = new DecisionReader(system, genesis)
    this.#quarantine = new Quarantine(system)
  }

  /** The documents that the team shares; undefined until they are open. */
  get coordination(): Coordination | undefined {
    return this.#coordination
  }

  /** Letters that the members learn from. */
  get learnt(): number {
    return this.#learnt().length
  }

  /** Runs to the end, or to the end of what was under way at an interruption. All sums hold then. */
  async run(): Promise<void> {
    const { signal } = this.#parts
    const work = Promise.race([this.#learnAndDecide(), this.decided.follow()])
    try {
      await Promise.race([work, once(signal).then(() => Promise.race([this.#finish(), sleep(GRACE_MS)]))])
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      work.catch(() => undefined)
      this.ledger.close(INTERRUPTED)
    }
    const decided = this.ledger.entries.filter(({ ending }) => finalOf(ending) !== undefined)
    const seen = this.decided.reached(decided.map(({ letter }) => letter.id))
    await Promise.race([seen, sleep(SEEN_MS, undefined, { ref: false })])
  }

  /** The validators that were found to lie so far. */
  liars(): Promise<Liar[]> {
    return liarsAmong(this.#parts.system, VALIDATORS)
  }

  async #learnAndDecide(): Promise<void> {
    const { system, plan } = this.#parts
    const begun = Coordination.begin(system, plan.judge.length, CLERKS).then((coordination) => {
      this.#coordination = coordination
      return coordination
    })
    const [committee, coordination] = await Promise.all([this.#learn(), begun])
    const weights = await committee.ask.weights()
    await coordination.plan.change((draft) => {
      Object.assign(draft.weights, weights)
    }, 'the committee is appointed')
    await Promise.all([this.#review(committee), this.#decide(committee, coordination)])
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
    return team.appoint(ballots, unsureWithin)
  }

  /** The letters that were learnt from are decided on as well, where they are of the input. */
  async #review(committee: ActorRef<CommitteeAgent>): Promise<void> {
    const decisions = await committee.within(REVIEW_MS).ask.review()
    const learnt = this.#learnt().entries()
    await forEach(learnt, IN_FLIGHT, this.#parts.signal, ([i, { end }]) =>
      end({ kind: 'decided', decision: decisions[i]!, how: 'learnt' }),
    )
  }

  /** @param onFirst called once so many of the first letters have been read */
  #readLessons(first: number, onFirst: () => void): Promise<void> {
    const { plan, progress, team, signal } = this.#parts
    let missing = first
    const work = async (phase: Phase): Promise<void> => {
      const letters = lettersFrom(team.reader, plan.learn)
      await forEach(letters, IN_FLIGHT, signal, async ({ letter, index, taken }) => {
        const end = plan.learnIsInput ? this.#takeIn(letter) : async () => undefined
        const parsed = await parseTaken(this.parsing, taken)
        if (parsed.kind !== 'mail') await end(parsed)
        else this.#lessons[index] = { mail: parsed.mail, spam: letter.spam === true, end }
        phase.done++
        if (index < first && --missing === 0) onFirst()
      })
      onFirst()
    }
    return progress.phase('read what to learn from', work, plan.learn.length)
  }

  #takeIn(letter: Letter): End {
    const end = this.ledger.takeIn(letter)
    return async (ending) => end(await this.#quarantine.seal(letter.id, ending))
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

  #decide(committee: ActorRef<CommitteeAgent>, coordination: Coordination): Promise<void> {
    const { plan, progress, team, signal } = this.#parts
    const { judge, meaning } = plan
    return progress.phase(
      'decide',
      async (phase) => {
        if (signal.aborted) return
        const ends = judge.map((letter) => this.ledger.takeIn(letter))
        const clerks = await team.hire({
          ...{ committee, spotCheckEvery: meaning.spotCheckEvery },
          letters: judge.map(({ id, file }) => ({ id, file })),
        })
        this.#clerks = clerks
        const strikes = this.#strikes(coordination, clerks)
        this.#log = new LogReader(coordination.log, ends, (ended) => {
          phase.done = ended
          strikes?.after(ended)
        })
        await Promise.all([this.#dispatch(coordination, clerks), this.#log.follow()])
      },
      judge.length,
    )
  }

  #dispatch(coordination: Coordination, clerks: Clerks): Promise<void> {
    const { system, incidents, signal } = this.#parts
    const { plan, log, handedOver } = coordination
    const onHandOver = (handOver: HandOver): void => {
      handedOver.push(handOver)
      incidents.handedOver(handOver)
    }
    return new Dispatch({ system, plan, log, clerks, onHandOver }).run(signal)
  }

  #strikes(coordination: Coordination, { refs }: Clerks): Strikes | undefined {
    const { chaos, system, plan } = this.#parts
    if (!chaos) return undefined
    const clerk = () => refs.get(coordination.ownerInTheMiddle() ?? '')
    return new Strikes({ system, letters: plan.judge.length, clerk })
  }

  /** The clerks end what they have begun, and what they have logged is read. */
  async #finish(): Promise<void> {
    const coordination = this.#coordination
    if (coordination === undefined || this.#clerks === undefined) return sleep(GRACE_MS)
    await Promise.allSettled([...this.#clerks.refs.values()].map((clerk) => clerk.ask.finish()))
    await this.#log?.follow(await coordination.logged())
  }
}

function once(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
