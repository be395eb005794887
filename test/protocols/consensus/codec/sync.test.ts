/** Messages of a sync and seeds as bytes: the same come back, and a stranger's are refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { readSeed, writeSeed } from '../../../../protocols/consensus/codec/seed.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../../../../protocols/consensus/codec/sync.ts'
import { MalformedBytesError } from '../../../../protocols/consensus/errors.ts'
import { epochProof, snapshotAt } from '../../../storage/block-store/samples.ts'

const { seed, snapshot } = snapshotAt(40, 3)
const witness = epochProof(41).finality
const MESSAGES: readonly SyncMessage[] = [
  { kind: 'snapshot-offer', proofs: [0, 1].map(epochProof), manifest: snapshot.manifest, witness },
  { kind: 'get-offer', epoch: 7 },
  { kind: 'get-chunk', height: 40, index: 4_095 },
  { kind: 'chunk', height: 40, index: 2, bytes: Uint8Array.of(1, 2, 3) },
  { kind: 'get-proofs', epoch: 7 },
  { kind: 'proofs', proofs: [0, 1].map(epochProof) },
]

for (const message of MESSAGES)
  test(`a message "${message.kind}" comes back as it was, and no part of it by itself`, () => {
    const bytes = encodeSync(message)
    assert.deepEqual(decodeSync(bytes), message)
    for (let end = 0; end < bytes.length; end += 7)
      assert.throws(() => decodeSync(bytes.subarray(0, end)), MalformedBytesError)
    assert.throws(() => decodeSync(Uint8Array.of(...bytes, 0)), MalformedBytesError)
  })

test('what is beyond its bounds is refused', () => {
  for (const message of [
    { kind: 'get-chunk', height: 1, index: 4_096 },
    { kind: 'chunk', height: 1, index: 0, bytes: new Uint8Array(1_000_000) },
    { kind: 'proofs', proofs: Array.from({ length: 65 }, (_, i) => epochProof(i)) },
    { ...MESSAGES[0], proofs: Array.from({ length: 65 }, (_, i) => epochProof(i)) },
  ] as SyncMessage[])
    assert.throws(() => decodeSync(encodeSync(message)), MalformedBytesError)
  assert.throws(() => decodeSync(Uint8Array.of(9)), MalformedBytesError)
})

test('a seed comes back as it was', () => {
  assert.deepEqual(
    decode(
      encode(seed, (writer) => writeSeed(writer, seed)),
      readSeed,
    ),
    seed,
  )
})
