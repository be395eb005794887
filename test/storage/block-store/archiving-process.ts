/**
 * Says that it has begun, then appends runs and takes snapshots and prints every acknowledgement, until it is killed:
 * `node archiving-process.ts <folder>`. It goes on from where the store is.
 */
import { writeSync } from 'node:fs'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { epochProof, run, snapshotAt } from './samples.ts'

const AT_A_TIME = 8
const EPOCH = 40

writeSync(1, 'begun\n')
const store = await BlockStore.open({ folder: process.argv[2]!, limits: { segmentBytes: 32 * 1024 } })
for (let first = store.newest + 1; ; first += AT_A_TIME) {
  const heights = Array.from({ length: AT_A_TIME }, (_, i) => first + i)
  await Promise.all(heights.map(append))
  const last = first + AT_A_TIME - 1
  if (last % EPOCH >= AT_A_TIME) continue
  await store.putEpochProof(last, epochProof(last))
  writeSync(1, `epoch ${last}\n`)
  await store.putSnapshot(snapshotAt(last))
  writeSync(1, `snapshot ${last}\n`)
}

async function append(height: number): Promise<void> {
  await store.append(run(height, { payload: (height * 37) % 1_500 }))
  // Written at once: what was printed before the process was killed had been acknowledged.
  writeSync(1, `run ${height}\n`)
}
