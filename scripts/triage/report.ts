/** The results of a run, as `--report` writes them and the table shows them. */
import { writeFile } from 'node:fs/promises'
import type { CoordinationReport } from './desk/coordination.ts'
import { type DecisionsReport, decisionsReport } from './desk/decisions-report.ts'
import type { Liar } from './desk/evidence.ts'
import type { Entry, Judgement, Ledger } from './desk/ledger.ts'
import type { Incident, Incidents } from './incidents.ts'
import type { Job } from './job.ts'
import { MEMBERS, type Member } from './members.ts'
import type { JobOptions } from './plan.ts'
import type { Progress } from './progress.ts'
import { type Outcome, type Scores, scoresOf } from './scores.ts'

/** Shares from 0 to 1; null where no judged letter has a known answer. */
export interface Marks {
  readonly judged: number
  readonly accuracy: number | null
  readonly precision: number | null
  readonly recall: number | null
}

export interface Report {
  /** Letters taken in; the sum of the next three. */
  readonly input: number
  readonly decided: number
  readonly setAside: number
  readonly refused: number
  readonly seconds: number
  readonly messagesPerSecond: number
  readonly agents: readonly ({ readonly name: Member } & Marks)[]
  readonly committee: Marks
  readonly restarts: number
  readonly deadLetters: number
  readonly stalls: number
  readonly threadsLost: number
  /** By which letters were kept from their readers. */
  readonly decisions: DecisionsReport
  /** What the team did through the documents that it shares; null where it did not come to that. */
  readonly coordination: CoordinationReport | null
  /** Letters of the input that the members learnt from. */
  readonly learnt: number
  readonly seed: number
  /** Whether the user ended the job before its end. */
  readonly interrupted: boolean
  readonly phases: readonly { readonly name: string; readonly seconds: number; readonly done: number }[]
  /** Letters that were not decided, each with the reason. */
  readonly kept: readonly {
    readonly id: string
    readonly how: 'set-aside' | 'refused'
    readonly reason: string
  }[]
  /** Present where the mail was the user's: what is spam, the most certain first. */
  readonly spam?: readonly { readonly id: string; readonly probability: number }[]
  /** Present with `--chaos`. */
  readonly chaos?: {
    /** Letters that had to be parsed a second time, alone. */
    readonly suspected: number
    /** Mails that the committee had to be asked about a second time. */
    readonly repeated: number
    readonly incidents: readonly Incident[]
  }
}

export interface ReportParts {
  readonly options: JobOptions
  readonly job: Job
  readonly progress: Progress
  readonly incidents: Incidents
  readonly liars: readonly Liar[]
  readonly interrupted: boolean
}

export function makeReport({ options, job, progress, incidents, liars, interrupted }: ReportParts): Report {
  const { ledger, decided } = job
  const { seconds } = progress
  const { restarts, deadLetters, stalls, threadsLost } = incidents
  const shared = job.coordination?.plan.view()
  const suspected = job.parsing.suspected + (shared?.suspected.value ?? 0)
  const chaos = { suspected, repeated: shared?.repeated.value ?? 0, incidents: incidents.kept }
  return {
    ...ledger.sums,
    seconds: round(seconds, 2),
    messagesPerSecond: round(ledger.sums.input / seconds, 1),
    agents: MEMBERS.map((name) => ({
      name,
      ...marksOf(outcomesOf(ledger, (said) => opinionOf(name, said))),
    })),
    committee: marksOf(outcomesOf(ledger, ({ decision }) => decision.spam)),
    ...{ restarts, deadLetters, stalls, threadsLost },
    decisions: decisionsReport(ledger, decided, liars),
    coordination: job.coordination?.report() ?? null,
    learnt: job.learnt,
    seed: options.seed,
    interrupted,
    phases: progress.phases.map((phase) => ({
      name: phase.name,
      seconds: round(phase.seconds, 2),
      done: phase.done,
    })),
    kept: ledger.entries.flatMap(keptOf),
    ...(options.mail === undefined ? {} : { spam: spamOf(ledger) }),
    ...(options.chaos ? { chaos } : {}),
  }
}

/** Throws an Error with one sentence for the user where the file can't be written. */
export async function writeReport(file: string, report: Report): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`)
  } catch (error) {
    throw new Error(`The report could not be written: ${(error as Error).message}`, { cause: error })
  }
}

/** What a judge said on a letter; undefined where it was not asked, or not asked fairly. */
type Said = (decided: { decision: Judgement; how: 'judged' | 'spot-check' }) => boolean | undefined

function outcomesOf(ledger: Ledger, said: Said): Outcome[] {
  return ledger.entries.flatMap(({ letter: { spam }, ending }) => {
    if (spam === undefined || ending?.kind !== 'decided' || ending.how === 'learnt') return []
    const answer = said({ decision: ending.decision, how: ending.how })
    return answer === undefined ? [] : [{ said: answer, spam }]
  })
}

/** The meaning member is asked mostly about hard letters; it is judged on its spot checks only. */
function opinionOf(name: Member, { decision, how }: Parameters<Said>[0]): boolean | undefined {
  const opinion = decision.opinions[name]
  return opinion === undefined || (name === 'meaning' && how !== 'spot-check') ? undefined : opinion > 0
}

function marksOf(outcomes: readonly Outcome[]): Marks {
  const { judged, accuracy, precision, recall }: Scores = scoresOf(outcomes)
  const mark = (share: number): number | null => (judged === 0 ? null : round(share, 5))
  return { judged, accuracy: mark(accuracy), precision: mark(precision), recall: mark(recall) }
}

function keptOf({ letter, ending }: Entry): Report['kept'] {
  if (ending === undefined || ending.kind === 'decided') return []
  return [{ id: letter.id, how: ending.kind, reason: ending.reason }]
}

function spamOf(ledger: Ledger): NonNullable<Report['spam']> {
  return ledger.entries
    .flatMap(({ letter, ending }) =>
      ending?.kind === 'decided' && ending.how !== 'learnt' && ending.decision.spam
        ? [{ id: letter.id, probability: round(ending.decision.probability, 4) }]
        : [],
    )
    .sort((a, b) => b.probability - a.probability)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
