import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateOf, childOf, Driven, evidenceAgainst, hashOf, keyOf, voteOf } from '../driven.ts'

const alerts = (driven: Driven) =>
  driven.effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.alert.kind] : []))

test('valid proof accuses its offender once, whoever shows it', () => {
  const driven = new Driven()
  for (const from of [1, 2]) driven.hear(from, { kind: 'evidence', evidence: evidenceAgainst(3) })
  assert.equal(driven.count('accused'), 1)
  assert.deepEqual(driven.sent('evidence'), [])
})

test('what is no proof accuses nobody, and is told of where it was forged', () => {
  const driven = new Driven()
  const evidence = evidenceAgainst(3)
  // In the wrong order, of a stranger, by another key.
  driven.hear(1, {
    kind: 'evidence',
    evidence: { ...evidence, first: evidence.second, second: evidence.first },
  })
  driven.hear(1, { kind: 'evidence', evidence: { ...evidence, offender: keyOf(9) } })
  assert.deepEqual(alerts(driven), [])
  driven.hear(1, { kind: 'evidence', evidence: { ...evidence, offender: keyOf(2) } })
  assert.deepEqual(alerts(driven), ['invalid'])
  assert.equal(driven.count('accused'), 0)
})

test('of one peer one piece against each member is checked at a time', () => {
  const driven = new Driven({ later: ['verify'] })
  for (let i = 0; i < 10; i++)
    for (const offender of [2, 3]) driven.hear(1, { kind: 'evidence', evidence: evidenceAgainst(offender) })
  assert.equal(driven.count('verify'), 2)
  driven.answer()
  assert.equal(driven.count('accused'), 2)
})

test('two votes that contradict each other are shown to all as proof', () => {
  const driven = new Driven()
  driven.hear(3, { kind: 'vote', vote: voteOf(3, 'finalize', 1, 'a'.repeat(64)) })
  driven.hear(3, { kind: 'vote', vote: voteOf(3, 'nullify', 1) })
  assert.deepEqual(
    driven.sent('evidence').map(({ to, message }) => [to, message.evidence.offender]),
    [['all', keyOf(3)]],
  )
})

test('nobody hides behind proof of an epoch to come, or of an offence that was punished', () => {
  const driven = new Driven()
  driven.hear(3, { kind: 'evidence', evidence: evidenceAgainst(3, 7) })
  assert.equal(driven.count('accused'), 0)
  driven.hear(1, { kind: 'evidence', evidence: evidenceAgainst(3) })
  assert.equal(driven.count('accused'), 1)

  const block = childOf(undefined, {}, [evidenceAgainst(3)])
  const other = new Driven()
  other.hear(1, { kind: 'certificate', certificate: certificateOf('finalize', 1, hashOf(block)) })
  other.hear(1, { kind: 'block', block })
  assert.equal(other.validator.height, 1)
  for (const from of [1, 2]) other.hear(from, { kind: 'evidence', evidence: evidenceAgainst(3) })
  assert.equal(other.count('accused'), 0)
  // Each is looked at, so a newer piece would be.
  assert.equal(other.count('verify'), 1 + 2)
})
