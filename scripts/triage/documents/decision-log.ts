/**
 * The log that the team shares: what became of each letter, part by part, so that only one clerk at a time
 * appends to a list. An entry is a string, because what is never changed need not be taken apart:
 *
 *     [index, "judged" | "spot-check", spam, probability, [opinion of each member or null], final?]
 *     [index, "set-aside" | "refused", reason, final?]
 *
 * where `final` is [height, index, ms] of the decision by which the letter is kept from its reader.
 */
import { documents, NeuroplexCRDT, type SharedDocument } from '../../../actors/replica/index.ts'
import type { Scope } from '../../../runtime/index.ts'
import type { Ending, Final } from '../desk/ledger.ts'
import { repeated } from '../desk/repeated.ts'
import { MEMBERS } from '../members.ts'
import type { CoordinationPlan } from './coordination-plan.ts'

export interface DecisionLog {
  readonly parts: Record<string, string[]>
}

export type SharedLog = SharedDocument<DecisionLog>

/** A letter by its place among all that are judged, and how it ended. */
export interface LogEntry {
  readonly index: number
  readonly ending: Ending
}

/** The keeper may just be on its way back from a restart. */
const ATTEMPTS = 3

export function newLog({ parts }: CoordinationPlan): DecisionLog {
  return { parts: Object.fromEntries(Object.keys(parts).map((id) => [id, []])) }
}

/** @param initial given by who makes it */
export function openLog(scope: Scope, initial?: DecisionLog): Promise<SharedLog> {
  return documents(scope).open<DecisionLog>('decision-log', 'triage', { initial })
}

/** The log as the keeper has it, which is where it comes together. */
export async function keptLog(scope: Scope, log: SharedLog): Promise<DecisionLog> {
  const documents = new NeuroplexCRDT(scope)
  return (await repeated(() => documents.getState(log.id), ATTEMPTS)) as DecisionLog
}

export function writeEntry({ index, ending }: LogEntry): string {
  if (ending.kind === 'refused') return JSON.stringify([index, ending.kind, ending.reason])
  const final = ending.final === undefined ? [] : [writeFinal(ending.final)]
  if (ending.kind === 'set-aside') return JSON.stringify([index, ending.kind, ending.reason, ...final])
  const { spam, probability, opinions } = ending.decision
  const said = MEMBERS.map((name) => opinions[name])
  return JSON.stringify([index, ending.how, spam, probability, said, ...final])
}

export function readEntry(entry: string): LogEntry {
  const [index, kind, ...rest] = JSON.parse(entry)
  if (kind === 'set-aside' || kind === 'refused')
    return { index, ending: { kind, reason: rest[0], ...readFinal(rest[1]) } }
  const [spam, probability, said, final] = rest
  const opinions = Object.fromEntries(MEMBERS.map((name, i) => [name, said[i] ?? undefined]))
  const decision = { spam, probability, opinions }
  return { index, ending: { kind: 'decided', how: kind, decision, ...readFinal(final) } }
}

function writeFinal({ height, index, ms }: Final): [number, number, number] {
  return [height, index, ms]
}

function readFinal(final: ReturnType<typeof writeFinal> | undefined): { final?: Final } {
  if (final === undefined) return {}
  const [height, index, ms] = final
  return { final: { height, index, ms } }
}

/** The letters that some entries are about. */
export function lettersIn(entries: readonly string[]): Set<number> {
  return new Set(entries.map((entry) => readEntry(entry).index))
}
