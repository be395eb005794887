import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyPairOf, signatureOf } from '../../../actors/validator/crypto.ts'
import { packChecks, verify, verifyHere, verifyPacked } from '../../../actors/validator/verifier.ts'
import type { SignatureCheck } from '../../../protocols/consensus/events.ts'

const keys = [1, 2].map((seed) => keyPairOf(new Uint8Array(32).fill(seed)))
const [own, other] = keys as [(typeof keys)[0], (typeof keys)[0]]

function check(text: string) {
  const bytes = new TextEncoder().encode(text)
  return { key: own.publicKey, bytes, signature: signatureOf(bytes, own) }
}

/** Another thread, which answers when it is told to; and what it was asked. */
function elsewhere() {
  const asked: (readonly SignatureCheck[])[] = []
  const { promise: may, resolve: answer } = Promise.withResolvers<void>()
  const check = async (checks: readonly SignatureCheck[]) => {
    asked.push(checks)
    await may
    return verifyPacked(packChecks(checks))
  }
  return { asked, answer, check }
}

const nowhere = () => assert.fail('a few are checked at once')

/** More than are checked at once, all of this text. */
function many(text: string): SignatureCheck[] {
  return Array.from({ length: 40 }, (_, i) => check(`${text} ${i}`))
}

test('a signature that was found valid is so for its key and its bytes alone', () => {
  const one = check('one')
  const changed = [
    { ...one, key: other.publicKey },
    { ...one, bytes: new TextEncoder().encode('two') },
    { ...one, signature: one.signature.with(0, one.signature[0]! ^ 1) },
  ]
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(verify([one, ...changed, one], nowhere), [true, false, false, false, true])
    assert.deepEqual(verifyHere([...changed, one]), [false, false, false, true])
  }
})

test('many are checked elsewhere, once for all who ask for them, also in other memory', async () => {
  const checks = many('shared')
  checks[7] = { ...checks[7]!, key: other.publicKey }
  const expected = checks.map((_, i) => i !== 7)
  const copies = checks.map(({ key, bytes, signature }) => ({
    ...{ key, bytes: bytes.slice(), signature: signature.slice() },
  }))
  const pool = elsewhere()
  const first = verify(checks, pool.check)
  const second = verify(copies, pool.check)
  const third = verify([copies[7]!, copies[8]!], pool.check)
  assert.equal(pool.asked.length, 1)
  pool.answer()
  assert.deepEqual(await first, expected)
  assert.deepEqual(await second, expected)
  assert.deepEqual(await third, [false, true])
  assert.deepEqual(verify(copies.slice(8), nowhere), expected.slice(8))
  assert.deepEqual(verify([copies[7]!], nowhere), [false], 'what is invalid is not remembered')
})

test('whoever can’t wait checks what others wait for', async () => {
  const checks = many('urgent')
  const pool = elsewhere()
  const waiting = verify(checks, pool.check)
  assert.deepEqual(verifyHere([checks[0]!]), [true])
  assert.deepEqual(verify([checks[0]!], nowhere), [true])
  pool.answer()
  assert.deepEqual(
    await waiting,
    checks.map(() => true),
  )
})

test('only so many are remembered', async () => {
  const one = check('old')
  assert.deepEqual(verifyHere([one]), [true])
  const all = await verify(
    Array.from({ length: 16_384 }, (_, i) => ({
      ...one,
      signature: new Uint8Array(64).fill(i).fill(i >> 8, 32),
    })),
    async (checks) => checks.map(() => true),
  )
  assert.equal(all.length, 16_384)
  const pool = elsewhere()
  pool.answer()
  await verify([one, ...many('new')], pool.check)
  assert.equal(pool.asked[0]![0], one)
})

test('checks travel to the pool as one block of bytes', () => {
  const checks = ['', 'one', 'a longer text'].map(check)
  checks[1] = { ...checks[1]!, key: other.publicKey }
  assert.deepEqual(verifyPacked(packChecks(checks)), [true, false, true])
})
