/** One reading of `top` as lines: the system, its pools and threads above, the busiest actors below. */
import type { SystemDescription } from '../../telemetry/control.ts'
import type {
  ActorReading,
  PoolReading,
  Rates,
  SortKey,
  ThreadReading,
  TopReading,
} from '../../telemetry/top.ts'
import { formatBytes, formatCount, formatDuration, formatMicroseconds, formatTime } from '../format.ts'
import { printable, styled } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { renderState } from './state.ts'

/** Threads beyond these are summed up in one line, so that actors keep their room on the screen. */
const SHOWN_THREADS = 8
const BAR_WIDTH = 10
const ROWS_WITHOUT_LIMIT = 1_000

export function renderTop(
  system: SystemDescription,
  reading: TopReading,
  sort: SortKey,
  rows?: number,
): string[] {
  const above = [
    renderHead(system, reading),
    renderTotals(reading),
    '',
    ...renderTable(POOL_COLUMNS, reading.pools.map(poolRow)),
    '',
    ...renderThreads(reading.threads),
    '',
  ]
  const room = rows === undefined ? ROWS_WITHOUT_LIMIT : Math.max(0, rows - above.length - 1)
  return [...above, ...renderTable(actorColumns(sort), reading.busiest.slice(0, room).map(actorRow))]
}

function renderHead(system: SystemDescription, { at }: TopReading): string {
  const facts = [
    `pid ${system.pid}`,
    `up ${formatDuration(at - system.startedAt)}`,
    formatTime(at).slice(0, 8),
  ]
  return `${styled('bold', printable(system.name))}  ${styled('dim', facts.join(' · '))}`
}

function renderTotals(reading: TopReading): string {
  const wait = reading.queueWaitUs === null ? '–' : formatMicroseconds(reading.queueWaitUs)
  return [
    `actors ${formatCount(reading.actors)}`,
    `messages ${formatCount(reading.messagesPerSecond)}/s`,
    `turns ${formatCount(reading.turnsPerSecond)}/s`,
    `queued ${formatCount(reading.queued)}`,
    `wait ${wait}`,
    alarming('restarts', reading.restarts),
    alarming('stalls', reading.stalls),
    alarming('threads lost', reading.threadsLost),
    alarming('dead letters', reading.deadLetters),
    `memory ${formatBytes(reading.rssBytes)}`,
  ].join('   ')
}

function alarming(label: string, value: number): string {
  const text = `${label} ${formatCount(value)}`
  return value > 0 ? styled('yellow', text) : text
}

const RATE_COLUMNS: readonly Column[] = [
  'MESSAGES/S',
  'TURNS/S',
  'ACROSS/S',
  'QUEUED',
  'WAIT',
  'RESTARTS',
  'STALLS',
  'DEAD',
].map((head) => ({ head, align: 'right' }))

const POOL_COLUMNS: readonly Column[] = [
  { head: 'POOL' },
  { head: 'THREADS', align: 'right' },
  { head: 'ACTORS', align: 'right' },
  ...RATE_COLUMNS,
]

const THREAD_COLUMNS: readonly Column[] = [
  { head: 'THREAD', align: 'right' },
  { head: 'POOL' },
  { head: 'BUSY' },
  { head: 'HEAP', align: 'right' },
  { head: 'EXTERNAL', align: 'right' },
  { head: 'ACTORS', align: 'right' },
  ...RATE_COLUMNS,
]

function poolRow(pool: PoolReading): string[] {
  return [printable(pool.pool), formatCount(pool.threads), formatCount(pool.actors), ...rateCells(pool)]
}

function renderThreads(threads: readonly ThreadReading[]): string[] {
  const shown = threads.length <= SHOWN_THREADS + 1 ? threads : busiestThreads(threads)
  const lines = renderTable(THREAD_COLUMNS, shown.map(threadRow))
  const hidden = threads.length - shown.length
  return hidden > 0 ? [...lines, styled('dim', `… ${hidden} threads that are less busy`)] : lines
}

function busiestThreads(threads: readonly ThreadReading[]): ThreadReading[] {
  return threads
    .toSorted((a, b) => Number(a.answers) - Number(b.answers) || b.utilization - a.utilization)
    .slice(0, SHOWN_THREADS)
    .sort((a, b) => a.thread - b.thread)
}

function threadRow(thread: ThreadReading): string[] {
  return [
    String(thread.thread),
    printable(thread.pool),
    thread.answers ? renderBar(thread.utilization) : styled('red', 'does not answer'),
    formatBytes(thread.heapBytes),
    formatBytes(thread.externalBytes),
    formatCount(thread.actors),
    ...rateCells(thread),
  ]
}

function rateCells(rates: Rates): string[] {
  return [
    formatCount(rates.messagesPerSecond),
    formatCount(rates.turnsPerSecond),
    formatCount(rates.sentAcrossPerSecond),
    formatCount(rates.queued),
    rates.queueWaitUs === null ? '–' : formatMicroseconds(rates.queueWaitUs),
    formatCount(rates.restarts),
    formatCount(rates.stalls),
    formatCount(rates.deadLetters),
  ]
}

function renderBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH)
  const bar =
    styled(share > 0.9 ? 'red' : 'green', '█'.repeat(full)) + styled('dim', '░'.repeat(BAR_WIDTH - full))
  return `${bar} ${String(Math.round(share * 100)).padStart(3)} %`
}

function actorColumns(sort: SortKey): Column[] {
  const mark = (key: SortKey, head: string): Column => ({
    head: key === sort ? `${head} ▼` : head,
    align: 'right',
  })
  return [
    { head: 'ACTOR' },
    { head: 'CLASS' },
    { head: 'THREAD', align: 'right' },
    { head: 'STATE' },
    mark('queue', 'QUEUE'),
    mark('turns', 'TURNS/S'),
    { head: 'TURNS', align: 'right' },
    mark('restarts', 'RESTARTS'),
  ]
}

function actorRow(actor: ActorReading): string[] {
  return [
    printable(actor.path),
    printable(actor.type),
    String(actor.thread),
    renderState(actor.state),
    actor.mailbox > 0 ? styled('cyan', formatCount(actor.mailbox)) : '0',
    formatCount(actor.turnsPerSecond),
    formatCount(actor.turns),
    actor.restarts > 0 ? styled('yellow', formatCount(actor.restarts)) : '0',
  ]
}
