/** What is offered to a validator that is behind, and what is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerSync, epochOfHeight, offerSnapshot } from '../../../../protocols/consensus/sync/serving.ts'
import { GENESIS, type Node } from '../ledger/network.ts'
import { archiveOf, chainUpTo } from './peers.ts'

const archive = await archiveOf(chainUpTo(3).nodes[0] as Node)
const LENGTH = GENESIS.epoch_length

test('an epoch ends with the last of its heights', () => {
  assert.deepEqual(
    [1, LENGTH, LENGTH + 1, 2 * LENGTH + 1].map((height) => epochOfHeight(height, GENESIS)),
    [0, 0, 1, 2],
  )
})

test('while no block shows the newest state, the snapshot before is offered', async () => {
  const witnessed = Object.assign(Object.create(archive), {
    finalityOf: async (height: number) =>
      height > 3 * LENGTH ? undefined : await archive.finalityOf(height),
  })
  witnessed.manifests = () => archive.manifests()
  witnessed.epochProofs = (from: number, count: number) => archive.epochProofs(from, count)
  const offer = await offerSnapshot(0, witnessed, GENESIS)
  assert.deepEqual([offer?.manifest.height, offer?.proofs.length], [2 * LENGTH, 2])
  witnessed.manifests = async () => []
  assert.equal(await offerSnapshot(0, witnessed, GENESIS), undefined)
})

test('only questions are answered, and only with what is here', async () => {
  const bytes = (await archive.chunk(3 * LENGTH, 0))!
  const chunk = { kind: 'chunk', height: 3 * LENGTH, index: 0, bytes } as const
  assert.deepEqual(await answerSync({ ...chunk, kind: 'get-chunk' }, archive, GENESIS), chunk)
  assert.equal(await answerSync({ kind: 'get-chunk', height: 5, index: 0 }, archive, GENESIS), undefined)
  assert.equal(await answerSync(chunk, archive, GENESIS), undefined)
  const proofs = await archive.epochProofs(1, 2)
  assert.deepEqual(await answerSync({ kind: 'get-proofs', epoch: 1 }, archive, GENESIS), {
    kind: 'proofs',
    proofs,
  })
  assert.equal(await answerSync({ kind: 'get-proofs', epoch: 9 }, archive, GENESIS), undefined)
})
