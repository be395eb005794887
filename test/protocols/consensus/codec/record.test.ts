import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRecord, encodeRecord } from '../../../../protocols/consensus/codec/record.ts'
import { MalformedBytesError } from '../../../../protocols/consensus/errors.ts'
import type { VoteRecord } from '../../../../protocols/consensus/events.ts'
import { NO_HASH } from '../../../../protocols/consensus/types.ts'

const signature = new Uint8Array(64).fill(7)
const subject = { kind: 'notarize' as const, epoch: 3, view: 9, block: '1'.repeat(64) }
const header = {
  ...{ chain: NO_HASH, epoch: 0, height: 1, parent: NO_HASH, proposer: 0, timestampMs: 5 },
  ...{ validators: NO_HASH, nextValidators: NO_HASH, stateHeight: 0, stateRoot: NO_HASH },
  ...{ transactions: NO_HASH, evidence: NO_HASH, signers: new Uint8Array(0) },
}
const RECORDS: readonly VoteRecord[] = [
  { kind: 'vote', vote: { ...subject, signer: 2, signature } },
  { kind: 'certificate', certificate: { ...subject, signers: Uint8Array.of(7), signatures: [signature] } },
  { kind: 'block', block: { header, envelopes: [], evidence: [] } },
]

test('a record is read as it was written', () => {
  for (const record of RECORDS) assert.deepEqual(decodeRecord(encodeRecord(record)), record)
})

test('what is no record is refused', () => {
  assert.throws(() => decodeRecord(Uint8Array.of(3)), MalformedBytesError)
  for (const record of RECORDS) {
    const bytes = encodeRecord(record)
    assert.throws(() => decodeRecord(bytes.subarray(0, bytes.length - 1)), MalformedBytesError)
    assert.throws(() => decodeRecord(Uint8Array.of(...bytes, 0)), MalformedBytesError)
  }
})
