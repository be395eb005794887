/** The phases of the job: what is done, and how far the rest is. */
import { styled } from '../../../runtime/cli/output.ts'
import type { Phase } from '../progress.ts'
import { count, perSecond } from './numbers.ts'

const NAME_WIDTH = 25
const BAR_WIDTH = 28

export function phaseLine(phase: Phase): string {
  return phase.ended === undefined ? running(phase) : ended(phase)
}

function ended({ name, done, unit, seconds, total }: Phase): string {
  const complete = total === undefined || done === total
  const sign = complete ? styled('green', '✓') : styled('yellow', '–')
  const rate = total === undefined ? '' : `, ${perSecond(done / seconds)}`
  return `${sign} ${name.padEnd(NAME_WIDTH)} ${count(done)} ${unit} in ${seconds.toFixed(1)} s${rate}`
}

function running({ name, done, total, unit, seconds }: Phase): string {
  const label = `${styled('cyan', '▸')} ${name.padEnd(NAME_WIDTH)}`
  if (total === undefined) return `${label} …`
  // A model that has its lessons computes for some seconds in which nothing can be counted.
  if (done >= total) return `${label} ${bar(1)}  all ${count(total)} ${unit} taken in, computing`
  return `${label} ${bar(done / total)}  ${count(done)} of ${count(total)} ${unit}, ${perSecond(done / seconds)}`
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH)
  return styled('cyan', '━'.repeat(full)) + styled('dim', '─'.repeat(BAR_WIDTH - full))
}
