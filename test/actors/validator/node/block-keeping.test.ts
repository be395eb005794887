import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { BlockKeeping } from '../../../../actors/validator/node/block-keeping.ts'
import type { CertifiedBlocks } from '../../../../protocols/consensus/messages.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { run } from '../../../storage/block-store/samples.ts'

/** Keeping whose pauses end when the test says so. */
function paused() {
  const archive = new VolatileBlocks()
  const pauses: (() => void)[] = []
  const stored: CertifiedBlocks[] = []
  const keeping = new BlockKeeping(archive, {
    pause: () => new Promise((resolve) => void pauses.push(resolve)),
    stored: (one) => void stored.push(one),
    failed: (error) => assert.fail(String(error)),
  })
  return { archive, keeping, pauses, stored }
}

test('blocks are gathered for a while, can be read meanwhile, and are then written together', async () => {
  const { archive, keeping, pauses, stored } = paused()
  const runs = [run(1, { blocks: 2 }), run(3)]
  for (const one of runs) keeping.keep(one)
  await setImmediate()
  assert.deepEqual([archive.newest, pauses.length], [0, 1])
  assert.equal(await keeping.runAt(2), runs[0])
  pauses[0]!()
  await setImmediate()
  assert.equal(archive.newest, 3)
  assert.deepEqual(stored, runs)
  keeping.keep(run(4))
  await setImmediate()
  assert.deepEqual([archive.newest, pauses.length], [3, 2])
})

test('who waits for what is kept, or ends it, does not wait for the pause', async () => {
  const { archive, keeping } = paused()
  keeping.keep(run(1))
  await keeping.settled()
  assert.equal(archive.newest, 1)
  keeping.keep(run(2))
  await keeping.close()
  assert.equal(archive.newest, 2)
})
