import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyPairOf, signatureOf } from '../../../actors/validator/crypto.ts'
import {
  countUnknown,
  packChecks,
  remember,
  verifyHere,
  verifyPacked,
} from '../../../actors/validator/verifier.ts'

const keys = [1, 2].map((seed) => keyPairOf(new Uint8Array(32).fill(seed)))
const [own, other] = keys as [(typeof keys)[0], (typeof keys)[0]]

function check(text: string) {
  const bytes = new TextEncoder().encode(text)
  return { key: own.publicKey, bytes, signature: signatureOf(bytes, own) }
}

test('a signature that was found valid is known, for its key and its bytes alone', () => {
  const one = check('one')
  assert.equal(countUnknown([one]), 1)
  assert.deepEqual(verifyHere([one]), [true])
  assert.equal(countUnknown([{ ...one, bytes: one.bytes.slice() }]), 0)
  const changed = [
    { ...one, key: other.publicKey },
    { ...one, bytes: new TextEncoder().encode('two') },
    { ...one, signature: one.signature.with(0, one.signature[0]! ^ 1) },
  ]
  assert.equal(countUnknown(changed), 3)
  assert.deepEqual(verifyHere(changed), [false, false, false])
  assert.deepEqual(verifyHere([one]), [true])
})

test('what is invalid is not remembered', () => {
  const wrong = { ...check('one'), key: other.publicKey }
  assert.deepEqual(verifyHere([wrong]), [false])
  assert.equal(remember(wrong, false), false)
  assert.equal(countUnknown([wrong]), 1)
})

test('checks travel to the pool as one block of bytes', () => {
  const checks = ['', 'one', 'a longer text'].map(check)
  checks[1] = { ...checks[1]!, key: other.publicKey }
  assert.deepEqual(verifyPacked(packChecks(checks)), [true, false, true])
})
