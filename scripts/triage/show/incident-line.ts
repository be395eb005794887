import { printable, styled } from '../../../runtime/cli/output.ts'
import type { Incident } from '../incidents.ts'

const COLOUR = { restart: 'yellow', stall: 'red', 'thread lost': 'red', 'handed over': 'cyan' } as const
const KIND_WIDTH = 11

export function incidentLine({ at, kind, what }: Incident): string {
  const when = styled('dim', `${at.toFixed(1).padStart(6)} s`)
  return `${when}  ${styled(COLOUR[kind], kind.padEnd(KIND_WIDTH))}  ${printable(what)}`
}
