/** The validators of a chain as a table, what they can bear, and what is known against any of them. */
import type { ChainStatus, ValidatorStatus } from '../../../actors/validator/status.ts'
import { weaknessOf } from '../../../actors/validator/tolerance.ts'
import { formatDuration } from '../format.ts'
import { printable, styled } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { wrap } from '../wrap.ts'
import { renderChainHead, shortId } from './chain.ts'

/** Alerts and pieces of evidence that are shown, the newest. */
const SHOWN = 5
/** Sentences are broken at the width of the narrowest terminal in use. */
const WIDTH = 80
/** For "10 min 12 s ago" and two spaces. */
const AGO_WIDTH = 17

const COLUMNS: readonly Column[] = [
  { head: 'VALIDATOR' },
  { head: 'STAKE', align: 'right' },
  { head: 'LEADS', align: 'right' },
  { head: 'REPUTATION', align: 'right' },
  { head: 'STATE' },
]

export function renderValidators(status: ChainStatus, nowMs: number): string[] {
  return [
    renderChainHead(status, nowMs),
    '',
    ...renderTable(
      COLUMNS,
      status.validators.toSorted(byStake).map((validator) => row(validator, status.leader)),
    ),
    '',
    ...renderStake(status),
    ...renderStandstill(status),
    ...renderEvidence(status),
    ...renderAlerts(status, nowMs),
  ]
}

function byStake(a: ValidatorStatus, b: ValidatorStatus): number {
  return b.stake - a.stake || a.id.localeCompare(b.id, 'en', { numeric: true })
}

function row({ id, stake, leads, reputation, jailed, active }: ValidatorStatus, leader: string): string[] {
  const state = jailed
    ? styled('red', 'jailed')
    : active
      ? styled('green', 'active')
      : styled('dim', 'standby')
  return [
    shortId(id),
    String(stake),
    active ? `${(leads * 100).toFixed(1)} %` : '–',
    reputation === undefined ? '–' : String(reputation),
    id === leader ? `${state}, leads now` : state,
  ]
}

function renderStake({ epoch, totalStake, toleratedStake, validators }: ChainStatus): string[] {
  const active = validators.filter((validator) => validator.active)
  const line = `epoch ${epoch}: up to ${toleratedStake} of ${totalStake} stake may be faulty`
  const weakness = weaknessOf(active.map(({ id, stake }) => ({ id: shortId(id), stake })))
  return weakness === undefined ? [line] : [line, ...sentence('yellow', weakness)]
}

/** What this validator can't help itself with. */
function renderStandstill({ standstill }: ChainStatus): string[] {
  return standstill === undefined ? [] : sentence('red', standstill)
}

function sentence(style: 'yellow' | 'red', text: string): string[] {
  return wrap(printable(text), WIDTH).map((line) => styled(style, line))
}

function renderEvidence({ evidence }: ChainStatus): string[] {
  if (evidence.length === 0) return ['no evidence against any validator']
  const lines = evidence
    .slice(-SHOWN)
    .map(({ validator, epoch, view }) =>
      styled(
        'red',
        `  ${shortId(validator)} signed votes that contradict each other in epoch ${epoch}, view ${view}`,
      ),
    )
  return [styled('red', `evidence${hidden(evidence.length)}:`), ...lines]
}

function renderAlerts({ alerts }: ChainStatus, nowMs: number): string[] {
  if (alerts.length === 0) return ['no alerts since this validator started']
  const lines = alerts.slice(-SHOWN).flatMap(({ atMs, what }) => {
    const ago = `${formatDuration(nowMs - atMs)} ago`.padEnd(AGO_WIDTH)
    return wrap(printable(what), WIDTH - AGO_WIDTH - 2).map(
      (line, i) => `  ${i === 0 ? styled('dim', ago) : ' '.repeat(AGO_WIDTH)}${styled('yellow', line)}`,
    )
  })
  return [`alerts${hidden(alerts.length)}:`, ...lines]
}

function hidden(all: number): string {
  return all > SHOWN ? `, the newest ${SHOWN} of ${all}` : ''
}
