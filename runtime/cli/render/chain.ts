/** A chain as lines: how far and how fast it is above, its last blocks below, the newest first. */
import type { ChainStatus } from '../../../actors/validator/status.ts'
import { formatCount, formatDuration, formatMicroseconds, formatTime } from '../format.ts'
import { printable, styled } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { wrap } from '../wrap.ts'

/** Characters of a validator's id: one that came after the genesis is called by its key, which is longer than a line. */
const ID_LENGTH = 24
/** Sentences are broken at the width of the narrowest terminal in use. */
const WIDTH = 80

const COLUMNS: readonly Column[] = [
  { head: 'BLOCK', align: 'right' },
  { head: 'TIME' },
  { head: 'LEADER' },
  { head: 'TRANSACTIONS', align: 'right' },
  { head: 'SIGNERS', align: 'right' },
]

/** @param rows what the lines have to fit on */
export function renderChain(status: ChainStatus, nowMs: number, rows = Number.POSITIVE_INFINITY): string[] {
  const above = [
    renderChainHead(status, nowMs),
    '',
    ...renderFigures(status),
    ...renderNewest(status, nowMs),
    '',
  ]
  const room = Math.max(0, rows - above.length - 1)
  const blocks = status.blocks.toReversed().slice(0, room)
  if (blocks.length === 0) return [...above, styled('dim', 'no block yet since this validator started')]
  return [
    ...above,
    ...renderTable(
      COLUMNS,
      blocks.map((block) => blockRow(status, block)),
    ),
  ]
}

/** Which chain, and who says so. */
export function renderChainHead({ chain, chainId, validator }: ChainStatus, nowMs: number): string {
  const facts = [chainId.slice(0, 12), `as ${shortId(validator)} sees it`, formatTime(nowMs).slice(0, 8)]
  return `${styled('bold', printable(chain))}  ${styled('dim', facts.join(' · '))}`
}

export function shortId(id: string): string {
  const shown = printable(id)
  return shown.length <= ID_LENGTH ? shown : `${shown.slice(0, ID_LENGTH - 1)}…`
}

function renderFigures(status: ChainStatus): string[] {
  const { height, epoch, view, leader, decisions, latencyMs } = status
  const figures = [
    [`height ${height}`, `epoch ${epoch}`, `view ${view}`, `decisions ${formatCount(decisions)}`],
    [
      `transactions ${formatCount(status.transactionsPerSecond)}/s`,
      `blocks ${formatCount(status.blocksPerSecond)}/s`,
      `finality p50 ${latency(latencyMs.p50)}, p99 ${latency(latencyMs.p99)}`,
    ],
    [`leader ${shortId(leader)}`],
  ]
  return figures.map((line) => line.join('   '))
}

/** 0 stands for nothing measured. */
function latency(ms: number): string {
  return ms === 0 ? '–' : formatMicroseconds(ms * 1_000)
}

/** What may be the reason where a chain stands still. */
function renderNewest({ alerts, standstill }: ChainStatus, nowMs: number): string[] {
  if (standstill !== undefined) return wrap(printable(standstill), WIDTH).map((line) => styled('red', line))
  const newest = alerts.at(-1)
  if (newest === undefined) return []
  return [styled('yellow', `${formatDuration(nowMs - newest.atMs)} ago: ${printable(newest.what)}`)]
}

function blockRow(status: ChainStatus, block: ChainStatus['blocks'][number]): string[] {
  const { height, timestampMs, leader, transactions, signers, epoch } = block
  // Of the set of an earlier epoch only its signers are known.
  const members = status.validators.filter(({ active }) => active).length
  return [
    String(height),
    formatTime(timestampMs),
    shortId(leader),
    String(transactions),
    epoch === status.epoch ? `${signers} of ${members}` : String(signers),
  ]
}
