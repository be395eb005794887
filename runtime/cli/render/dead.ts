/** Dead letters as a table, the newest at the end where the eye is. */
import type { DeadLetterReason } from '../../actor/types.ts'
import type { DeadLetterRecord } from '../../telemetry/control.ts'
import { formatTime, plural } from '../format.ts'
import { printable, styled } from '../output.ts'
import { renderTable } from '../table.ts'

const MEANINGS: Readonly<Record<DeadLetterReason, string>> = {
  'mailbox-full': 'the mailbox was at its bound and refuses the new',
  gone: 'the actor had stopped, or there never was one',
  expired: 'its deadline had passed before its turn came',
  failed: 'the handler failed, and nobody waited for the reply',
  poisoned: 'it failed as often as it may be redelivered',
  'not-sendable': 'a value in it cannot travel between actors',
  'unknown-handler': 'the class has no public method of that name',
}

/** Characters of an error's message that are shown. */
const DETAIL_LENGTH = 60

export function renderDeadLetters(letters: readonly DeadLetterRecord[], kept: number): string[] {
  if (letters.length === 0) return ['no dead letters: every message has reached a handler']
  const rows = letters.map((letter) => [
    formatTime(letter.at),
    `${printable(letter.to)} ${styled('dim', '·')} ${printable(letter.method)}`,
    styled('yellow', letter.reason),
    letter.from === undefined ? '' : printable(letter.from),
    shorten(printable(letter.detail ?? '')),
  ])
  const columns = ['TIME', 'TO · METHOD', 'REASON', 'FROM', 'DETAIL'].map((head) => ({ head }))
  return [...renderTable(columns, rows), '', ...legend(letters), summary(letters.length, kept)]
}

function legend(letters: readonly DeadLetterRecord[]): string[] {
  const reasons = [...new Set(letters.map(({ reason }) => reason))]
  const width = Math.max(...reasons.map((reason) => reason.length))
  return reasons.map((reason) => styled('dim', `${reason.padEnd(width)}  ${MEANINGS[reason] ?? ''}`))
}

function summary(shown: number, kept: number): string {
  const all = plural(kept, 'dead letter')
  return styled(
    'dim',
    shown === kept ? `${all} kept` : `the newest ${shown} of ${all} kept (--last ${kept} shows all)`,
  )
}

function shorten(text: string): string {
  return text.length <= DETAIL_LENGTH ? text : `${text.slice(0, DETAIL_LENGTH - 1)}…`
}
