/** The plan that the team shares, in a line: how far it is, and who is where. */
import { styled } from '../../../runtime/cli/output.ts'
import { type CoordinationPlan, sizeOf } from '../documents/coordination-plan.ts'
import { count, plural } from './numbers.ts'

export function planLines(plan: Readonly<CoordinationPlan> | undefined): string[] {
  const parts = Object.entries(plan?.parts ?? {})
  if (plan === undefined || parts.every(([, { owner }]) => owner === null)) return []
  const done = parts.filter(([, { state }]) => state === 'done').length
  const clerks = Object.entries(plan.clerks).map(([name, state]) =>
    state === 'gone' ? styled('yellow', `${name} gone`) : `${name} ${placeOf(name, parts)}`,
  )
  return ['', `plan  ${count(done)} of ${plural(parts.length, 'part')} done   ${clerks.join('   ')}`]
}

function placeOf(clerk: string, parts: readonly [string, CoordinationPlan['parts'][string]][]): string {
  const present = parts.find(([, { owner, state }]) => owner === clerk && state === 'taken')
  if (present === undefined) return styled('dim', '–')
  const [id, part] = present
  return `part ${id} ${styled('dim', `${part.done} of ${sizeOf(part)}`)}`
}
