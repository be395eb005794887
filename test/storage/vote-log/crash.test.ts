/** A process that votes is killed again and again; what it had acknowledged is there each time. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'
import { linesUntilKilled } from '../../support/killed-output.ts'
import { errorOf } from '../../support/until.ts'
import { newFolder } from '../embedded/folders.ts'
import { contentOf, record } from './samples.ts'

const PROGRAM = fileURLToPath(new URL('voting-process.ts', import.meta.url))
const KILLS = 24
const WITHIN_MS = 60
/** What the process forgets is older than these by far. */
const KEPT = 32

test('nothing that was acknowledged is lost by a process that is killed while it votes', async (t) => {
  const folder = newFolder()
  let count = 0
  for (let kills = 0; kills < KILLS; kills++) {
    const acknowledged = await killWhileVoting(folder)
    await using log = await VoteLog.open({ folder })
    for (const [validator, views] of acknowledged) {
      count += views.length
      check(log, validator, views)
    }
  }
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.log'))
  t.diagnostic(`${count} acknowledgements, the log is ${file}`)
  assert.ok(count > KILLS)
  // Each start takes a new one, here and in the process; beyond that they were filled.
  assert.ok(Number(file!.slice(6, 16)) > 2 * KILLS)
})

test('a torn end is said and is no part of the log that goes on', async () => {
  const folder = newFolder()
  const log = await VoteLog.open({ folder })
  await log.append('a', [record(1, 'kept')])
  await log.append('a', [record(2, 'torn')])
  await log.close()
  const path = join(folder, 'votes-0000000001.log')
  truncateSync(path, readFileSync(path).length - 12)
  const cut = await VoteLog.open({ folder })
  assert.deepEqual([cut.tornBytes, contentOf(cut, 'a')], [500, ['1 kept']])
  await cut.append('a', [record(2, 'again')])
  await cut.close()
  await using again = await VoteLog.open({ folder })
  assert.deepEqual([again.tornBytes, contentOf(again, 'a')], [0, ['1 kept', '2 again']])
})

test('a damaged log is not opened, and is left as it is', async () => {
  const folder = newFolder()
  const log = await VoteLog.open({ folder })
  await log.append('a', [record(1, 'x')])
  await log.close()
  const path = join(folder, 'votes-0000000001.log')
  const bytes = readFileSync(path)
  bytes[600]! ^= 1
  writeFileSync(path, bytes)
  for (const _ of [1, 2]) {
    const error = await errorOf(VoteLog.open({ folder }))
    assert.deepEqual([error.code, error.target], ['STORAGE_DAMAGED', path])
    assert.deepEqual(readFileSync(path), bytes)
    assert.deepEqual(readdirSync(folder).sort(), ['lock', 'votes-0000000001.log'])
  }
})

function check(log: VoteLog, validator: string, acknowledged: number[]): void {
  const found = new Map(log.records(validator).map(({ view, bytes }) => [view, bytes]))
  const newest = acknowledged.at(-1)!
  for (const view of acknowledged.filter((one) => one > newest - KEPT))
    assert.deepEqual(
      found.get(view),
      new Uint8Array(view % 700).fill(view),
      `view ${view} of ${validator} is lost`,
    )
}

/** Returns what it has acknowledged since it began, by validator. */
async function killWhileVoting(folder: string): Promise<Map<string, number[]>> {
  const lines = await linesUntilKilled(PROGRAM, [folder], WITHIN_MS)
  const views = Map.groupBy(lines, (line) => line.split(' ')[0]!)
  return new Map(
    [...views].map(([validator, some]) => [validator, some.map((line) => Number(line.split(' ')[1]))]),
  )
}
