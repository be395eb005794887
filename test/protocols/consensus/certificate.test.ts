import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  assembleCertificate,
  certificateChecks,
  certificateProblem,
} from '../../../protocols/consensus/certificate.ts'
import { decode, encode } from '../../../protocols/consensus/codec/bytes.ts'
import {
  readCertificate,
  voteSigningBytes,
  writeCertificate,
} from '../../../protocols/consensus/codec/vote.ts'
import {
  contradict,
  evidenceChecks,
  evidenceOf,
  evidenceProblem,
} from '../../../protocols/consensus/evidence.ts'
import { NO_HASH, type Vote, type VoteKind } from '../../../protocols/consensus/types.ts'
import { bitmapOf, indicesOf, memberIndex } from '../../../protocols/consensus/validator-set.ts'
import { keyOf, setOf } from './keys.ts'

const CHAIN = 'c'.repeat(64)
const BLOCK = 'b'.repeat(64)
const set = setOf([10, 20, 30, 40])

const vote = (signer: number, kind: VoteKind = 'notarize', block = BLOCK): Vote => {
  return { kind, epoch: 0, view: 7, block, signer, signature: new Uint8Array(64).fill(signer + 1) }
}

test('a certificate is made of votes in the order of the members, and reads back the same', () => {
  const certificate = assembleCertificate([vote(3), vote(2)], set)
  assert.deepEqual(indicesOf(certificate.signers), [2, 3])
  assert.deepEqual(
    certificate.signatures.map((signature) => signature[0]),
    [3, 4],
  )
  assert.equal(certificateProblem(certificate, set), undefined)
  assert.deepEqual(decode(encode(certificate, writeCertificate), readCertificate), certificate)
  assert.deepEqual(
    certificateChecks(certificate, set, CHAIN).map(({ key, bytes }) => [key, bytes]),
    [2, 3].map((i) => [keyOf(i), voteSigningBytes(CHAIN, certificate)]),
  )
})

test('a certificate without a quorum, of strangers, of another epoch or with a wrong bitmap is refused', () => {
  const good = assembleCertificate([vote(3), vote(2)], set)
  const bad = [
    [assembleCertificate([vote(3), vote(1)], set), /60 of 100 stake/],
    [{ ...good, epoch: 1 }, /of epoch 1/],
    [{ ...good, signers: new Uint8Array(2) }, /wrong length/],
    [{ ...good, signatures: good.signatures.slice(1) }, /differ in number/],
    [{ ...good, signers: bitmapOf([2, 5], 8) }, /no validator 5/],
  ] as const
  for (const [certificate, problem] of bad) assert.match(certificateProblem(certificate, set)!, problem)
})

test('what is signed differs by chain, kind, epoch, view and block', () => {
  const subjects = [
    vote(0),
    vote(0, 'finalize'),
    { ...vote(0), epoch: 1 },
    { ...vote(0), view: 8 },
    vote(0, 'notarize', CHAIN),
  ]
  const bytes = [
    ...subjects.map((subject) => voteSigningBytes(CHAIN, subject)),
    voteSigningBytes(BLOCK, vote(0)),
  ]
  assert.equal(new Set(bytes.map((item) => Buffer.from(item).toString('hex'))).size, bytes.length)
})

test('bitmaps name members and nobody else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(255)), (indices) => {
      assert.deepEqual(
        indicesOf(bitmapOf(indices, 256)),
        indices.sort((a, b) => a - b),
      )
    }),
  )
  assert.equal(memberIndex(set, keyOf(2)), 2)
  assert.equal(memberIndex(set, keyOf(9)), -1)
})

test('only what no honest validator votes together is evidence', () => {
  const other = 'd'.repeat(64)
  const nullify = vote(1, 'nullify', NO_HASH)
  assert.equal(contradict(vote(1), vote(1, 'notarize', other)), true)
  assert.equal(contradict(vote(1, 'finalize'), vote(1, 'finalize', other)), true)
  assert.equal(contradict(vote(1, 'finalize'), nullify), true)
  assert.equal(contradict(nullify, vote(1, 'finalize')), true)
  assert.equal(contradict(vote(1), nullify), false)
  assert.equal(contradict(vote(1), vote(1, 'finalize')), false)
  assert.equal(contradict(nullify, nullify), false)
  assert.equal(contradict(vote(1), vote(1)), false)
  assert.equal(contradict(vote(1), { ...vote(1, 'notarize', other), view: 8 }), false)
})

test('evidence is the same whoever finds it, and nothing else is', () => {
  const [a, b] = [vote(1), vote(1, 'notarize', 'd'.repeat(64))]
  const evidence = evidenceOf(keyOf(1), a, b)
  assert.deepEqual(evidenceOf(keyOf(1), b, a), evidence)
  assert.equal(evidenceProblem(evidence), undefined)
  assert.match(evidenceProblem({ ...evidence, first: b, second: a })!, /wrong order/)
  assert.match(evidenceProblem({ ...evidence, first: { ...evidence.first, signer: 2 } })!, /two signers/)
  assert.match(evidenceProblem({ ...evidence, second: evidence.first })!, /do not contradict/)
  assert.deepEqual(
    evidenceChecks(evidence, CHAIN).map(({ key }) => key),
    [keyOf(1), keyOf(1)],
  )
  const mixed = evidenceOf(keyOf(1), vote(1, 'nullify', NO_HASH), vote(1, 'finalize'))
  assert.deepEqual([mixed.first.kind, mixed.second.kind], ['finalize', 'nullify'])
})
