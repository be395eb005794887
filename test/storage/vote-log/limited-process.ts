/**
 * Appends until its file may not grow any more and prints what was acknowledged and what went wrong:
 * `node limited-process.ts <folder>`, under a limit for the size of files.
 */
import type { NeuroplexError } from '../../../protocols/errors.ts'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'

await using log = await VoteLog.open({ folder: process.argv[2]!, limits: { inFlightBytes: 30_000 } })
const acknowledged: number[] = []
const failures: NeuroplexError[] = []

function append(view: number): Promise<unknown> {
  return log.append('a', [{ view, bytes: new Uint8Array(10_000).fill(view) }]).then(
    () => acknowledged.push(view),
    (error) => failures.push(error),
  )
}

for (let view = 0; failures.length === 0; view += 4)
  await Promise.all([append(view), append(view + 1), append(view + 2), append(view + 3)])
const later = await log.append('a', []).catch((error) => error)
const told = ({ code, mayHaveRun, message }: NeuroplexError) => ({ code, mayHaveRun, message })
console.log(JSON.stringify({ acknowledged, failures: failures.map(told), later: told(later) }))
