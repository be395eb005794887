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
/** Columns that an actor's figures and its class need beside its path. */
const FIGURES_WIDTH = 74
const MIN_PATH_WIDTH = 24
const UNBOUNDED: ScreenSize = { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY }

/** The screen that the lines have to fit on. */
export interface ScreenSize {
  rows: number
  columns: number
}

export function renderTop(
  system: SystemDescription,
  reading: TopReading,
  sort: SortKey,
  { rows, columns }: ScreenSize = UNBOUNDED,
): string[] {
  const above = [
    renderHead(system, reading),
    ...renderTotals(reading),
    '',
    ...renderTable(POOL_COLUMNS, reading.pools.map(poolRow)),
    '',
    ...renderThreads(reading.threads),
    '',
  ]
  const room = Math.max(0, rows - above.length - 1)
  const pathWidth = Math.max(MIN_PATH_WIDTH, columns - FIGURES_WIDTH)
  const actors = reading.busiest.slice(0, room).map((actor) => actorRow(actor, pathWidth))
  return [...above, ...renderTable(actorColumns(sort), actors)]
}

function renderHead(system: SystemDescription, { at }: TopReading): string {
  const facts = [
    `pid ${system.pid}`,
    `up ${formatDuration(at - system.startedAt)}`,
    formatTime(at).slice(0, 8),
  ]
  return `${styled('bold', printable(system.name))}  ${styled('dim', facts.join(' · '))}`
}

function renderTotals(reading: TopReading): string[] {
  const work = [
    `actors ${formatCount(reading.actors)}`,
    `messages ${formatCount(reading.messagesPerSecond)}/s`,
    `turns ${formatCount(reading.turnsPerSecond)}/s`,
    `queued ${formatCount(reading.queued)}`,
    `wait ${waitCell(reading)}`,
    `memory ${formatBytes(reading.rssBytes)}`,
  ]
  const trouble = [
    alarming('restarts', reading.restarts),
    alarming('stalls', reading.stalls),
    alarming('threads lost', reading.threadsLost),
    alarming('dead letters', reading.deadLetters),
  ]
  return [work.join('   '), trouble.join('   ')]
}

function alarming(label: string, value: number): string {
  const text = `${label} ${formatCount(value)}`
  return value > 0 ? styled('yellow', text) : text
}

const right = (head: string): Column => ({ head, align: 'right' })

const POOL_COLUMNS: readonly Column[] = [
  { head: 'POOL' },
  ...[
    'THREADS',
    'ACTORS',
    'MSG/S',
    'TURNS/S',
    'ACROSS/S',
    'QUEUED',
    'WAIT',
    'RESTARTS',
    'STALLS',
    'DEAD',
  ].map(right),
]

const THREAD_COLUMNS: readonly Column[] = [
  right('THREAD'),
  { head: 'POOL' },
  { head: 'BUSY' },
  ...['HEAP', 'EXTERNAL', 'ACTORS', 'TURNS/S', 'QUEUED', 'WAIT'].map(right),
]

function poolRow(pool: PoolReading): string[] {
  return [
    printable(pool.pool),
    formatCount(pool.threads),
    formatCount(pool.actors),
    formatCount(pool.messagesPerSecond),
    formatCount(pool.turnsPerSecond),
    formatCount(pool.sentAcrossPerSecond),
    formatCount(pool.queued),
    waitCell(pool),
    formatCount(pool.restarts),
    formatCount(pool.stalls),
    formatCount(pool.deadLetters),
  ]
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
    formatCount(thread.turnsPerSecond),
    formatCount(thread.queued),
    waitCell(thread),
  ]
}

function waitCell({ queueWaitUs }: Rates): string {
  return queueWaitUs === null ? '–' : formatMicroseconds(queueWaitUs)
}

function renderBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH)
  const bar =
    styled(share > 0.9 ? 'red' : 'green', '█'.repeat(full)) + styled('dim', '░'.repeat(BAR_WIDTH - full))
  return `${bar} ${String(Math.round(share * 100)).padStart(3)} %`
}

function actorColumns(sort: SortKey): Column[] {
  const mark = (key: SortKey, head: string) => right(key === sort ? `${head} ▼` : head)
  return [
    { head: 'ACTOR' },
    { head: 'CLASS' },
    right('THREAD'),
    { head: 'STATE' },
    mark('queue', 'QUEUE'),
    mark('turns', 'TURNS/S'),
    right('TURNS'),
    mark('restarts', 'RESTARTS'),
  ]
}

function actorRow(actor: ActorReading, pathWidth: number): string[] {
  return [
    keepEnd(printable(actor.path), pathWidth),
    printable(actor.type),
    String(actor.thread),
    renderState(actor.state),
    actor.mailbox > 0 ? styled('cyan', formatCount(actor.mailbox)) : '0',
    formatCount(actor.turnsPerSecond),
    formatCount(actor.turns),
    actor.restarts > 0 ? styled('yellow', formatCount(actor.restarts)) : '0',
  ]
}

/** The end of a path tells actors apart. */
function keepEnd(path: string, width: number): string {
  return path.length <= width ? path : `…${path.slice(path.length - width + 1)}`
}
