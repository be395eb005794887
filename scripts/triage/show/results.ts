/** The results for people: the marks of the agents, the sums, and what needed attention. */
import { printable, styled } from '../../../runtime/cli/output.ts'
import { renderTable } from '../../../runtime/cli/table.ts'
import { INTERRUPTED } from '../desk/ledger.ts'
import type { Marks, Report } from '../report.ts'
import { VALIDATORS } from '../team/tree.ts'
import { incidentLine } from './incident-line.ts'
import { count, milliseconds, percent, perSecond, plural } from './numbers.ts'

/** Lines of one list; the report has all. */
const SHOWN = 40

export function resultLines(report: Report): string[] {
  return [
    ...(report.interrupted ? ['', styled('yellow', 'Interrupted: these are the results so far.')] : []),
    '',
    ...marksTable(report),
    '',
    ...sums(report),
    ...decisionLines(report),
    ...coordinationLines(report),
    ...list('What the supervisors saw to', (report.chaos?.incidents ?? []).map(incidentLine)),
    ...list('Kept out', report.kept.filter(({ reason }) => reason !== INTERRUPTED).map(keptLine)),
    ...list('Spam', (report.spam ?? []).map(spamLine)),
  ]
}

function marksTable({ agents, committee }: Report): string[] {
  const row = (name: string, { judged, accuracy, precision, recall }: Marks): string[] => [
    name,
    count(judged),
    percent(accuracy),
    percent(precision),
    percent(recall),
  ]
  const right = 'right' as const
  return renderTable(
    [
      { head: 'AGENT' },
      { head: 'JUDGED', align: right },
      { head: 'ACCURACY', align: right },
      { head: 'PRECISION', align: right },
      { head: 'RECALL', align: right },
    ],
    [
      ...agents.map((agent) => row(agent.name, agent)),
      row('committee', committee).map((cell) => styled('bold', cell)),
    ],
  )
}

function sums(report: Report): string[] {
  const { input, decided, setAside, refused, seconds, messagesPerSecond, learnt } = report
  const { restarts, stalls, threadsLost, deadLetters } = report
  return [
    `${plural(input, 'letter')} = ${count(decided)} decided + ${count(setAside)} set aside + ${count(refused)} refused`,
    `${seconds.toFixed(1)} s, ${perSecond(messagesPerSecond)}; learnt from ${plural(learnt, 'letter')}`,
    `${plural(restarts, 'restart')}, ${plural(stalls, 'stall')}, ${plural(threadsLost, 'lost thread')}, ${plural(deadLetters, 'dead letter')}`,
  ]
}

function decisionLines({ decisions }: Report): string[] {
  const { letters, count: made, twice, missing, perSecond: rate, finalityMs, evidence } = decisions
  const sum = `${plural(twice, 'letter')} decided twice, ${count(missing)} without a decision`
  return [
    `${plural(letters, 'letter')} kept out by ${plural(made, 'decision')} of ${VALIDATORS} validators; ${styled(twice + missing > 0 ? 'red' : 'green', sum)}`,
    `${perSecond(rate)}, final after ${milliseconds(finalityMs.p50)} (p50) and ${milliseconds(finalityMs.p99)} (p99)`,
    ...evidence.map(({ validator, proofs, stake }) =>
      styled(
        'yellow',
        `${validator} has lied: ${plural(proofs, 'proof')}, two votes of its own that contradict each other; it has ${count(stake)} left of its stake`,
      ),
    ),
  ]
}

function coordinationLines({ coordination }: Report): string[] {
  if (coordination === null) return []
  const { parts, handedOver, doneTwice, lost, changes } = coordination
  const sum = `${plural(doneTwice, 'letter')} done twice, ${count(lost)} lost`
  return [
    `${plural(parts, 'part')}, ${count(handedOver.length)} handed over; ${styled(doneTwice + lost > 0 ? 'red' : 'green', sum)}`,
    `${plural(changes.plan, 'change')} of the plan, ${count(changes.log)} of the log`,
  ]
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length - SHOWN
  const rest = more > 0 ? [styled('dim', `  … and ${count(more)} more; --report <file> writes all`)] : []
  return ['', styled('bold', title), ...lines.slice(0, SHOWN), ...rest]
}

function keptLine({ id, how, reason }: Report['kept'][number]): string {
  const colour = how === 'refused' ? 'dim' : 'yellow'
  return `  ${styled(colour, how.padEnd(9))}  ${printable(id)}  ${styled('dim', printable(reason))}`
}

function spamLine({ id, probability }: NonNullable<Report['spam']>[number]): string {
  return `  ${percent(probability).padStart(8)}  ${printable(id)}`
}
