import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeProofFile, encodeProofFile } from '../../../protocols/consensus/codec/proof-file.ts'
import { verifyProof } from '../../../protocols/consensus/proof.ts'
import { crypto, genesisOf, SENDERS } from './sample-chain.ts'
import { DECISION, sampleProof } from './sample-proof.ts'

const proof = sampleProof()
const bytes = encodeProofFile(proof)
const judge = (file: Uint8Array) => verifyProof(genesisOf(), file, crypto)

test('a file shows what was decided and who signed for it, through the epochs before', () => {
  assert.deepEqual(decodeProofFile(bytes), proof)
  const { header, transaction, validators, signers, signedStake } = judge(bytes)
  assert.deepEqual(
    [header.epoch, header.height, transaction.index, transaction.sender],
    [1, 2, 0, SENDERS[0]],
  )
  assert.deepEqual(transaction.transaction, DECISION)
  assert.deepEqual([signedStake, validators.totalStake], [300, 400])
  assert.deepEqual(
    signers.map(({ publicKey }) => publicKey),
    SENDERS.slice(0, 3),
  )
})

test('a file without the epochs before, of another chain, or with something behind it shows nothing', () => {
  assert.throws(() => judge(encodeProofFile({ ...proof, epochs: [] })), { code: 'INVALID_PROOF' })
  const other = genesisOf({ chain: 'other' })
  assert.throws(() => verifyProof(other, bytes, crypto), { code: 'INVALID_PROOF' })
  assert.throws(() => judge(Uint8Array.of(...bytes, 0)), { code: 'MALFORMED_BYTES' })
  assert.throws(() => judge(new Uint8Array(100)), { code: 'MALFORMED_BYTES', message: /begin as a proof/ })
})

test('no damage to a file shows anything else, and each is told by its code', () => {
  const refused = (file: Uint8Array) => {
    try {
      judge(file)
    } catch (error) {
      return ['INVALID_PROOF', 'MALFORMED_BYTES'].includes((error as { code: string }).code)
    }
    return false
  }
  fc.assert(
    fc.property(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (at, by) => refused(bytes.with(at, bytes[at]! ^ by)) && refused(bytes.subarray(0, at)),
    ),
    { numRuns: 300 },
  )
})
