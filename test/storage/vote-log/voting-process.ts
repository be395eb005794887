/**
 * Says that it has begun, then appends votes of several validators and prints every acknowledgement, until it is
 * killed: `node voting-process.ts <folder>`. What a validator had when the process began goes on from there.
 */
import { writeSync } from 'node:fs'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'

const AT_A_TIME = 8
/** Views that a validator still keeps when it has come to the next ones. */
const KEPT = 64

writeSync(1, 'begun\n')
const log = await VoteLog.open({ folder: process.argv[2]!, limits: { segmentBytes: 64 * 1024 } })
await Promise.all(['a', 'b', 'c', 'd'].map(vote))

async function vote(validator: string): Promise<void> {
  for (let view = (log.records(validator).at(-1)?.view ?? 0) + 1; ; view += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, i) => voteIn(validator, view + i)))
    log.forget(validator, view - KEPT)
  }
}

async function voteIn(validator: string, view: number): Promise<void> {
  await log.append(validator, [{ view, bytes: new Uint8Array(view % 700).fill(view) }])
  // Written at once: what was printed before the process was killed had been acknowledged.
  writeSync(1, `${validator} ${view}\n`)
}
