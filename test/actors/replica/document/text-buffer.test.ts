import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TextBuffer } from '../../../../actors/replica/document/text-buffer.ts'

const edit = fc.record({
  at: fc.nat(),
  remove: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 5_000 })),
  insert: fc.oneof(
    fc.string(),
    fc.nat({ max: 4_000 }).map((length) => 'long '.repeat(length)),
  ),
})

test('a buffer does what a string does, and its copies keep what they had', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(edit, { maxLength: 30 }), (start, edits) => {
      const buffer = new TextBuffer(start)
      let model = start
      for (const { at, remove, insert } of edits) {
        const from = at % (model.length + 1)
        const count = Math.min(remove, model.length - from)
        const copy = buffer.clone()
        const before = model
        assert.equal(buffer.splice(from, count, insert), model.slice(from, from + count))
        model = model.slice(0, from) + insert + model.slice(from + count)
        assert.equal(buffer.length, model.length)
        assert.equal(buffer.toString(), model)
        assert.equal(copy.toString(), before)
        assert.equal(copy.length, before.length)
      }
    }),
    { numRuns: 100 },
  )
})

test('a position between the two halves of a character is known as one, also where pieces meet', () => {
  const text = `${'x'.repeat(511)}😀${'y'.repeat(2_000)}`
  const buffer = new TextBuffer(text)
  for (const at of [510, 511, 512, 513, 514]) assert.equal(buffer.splits(at), at === 512)
  assert.equal(new TextBuffer('😀').splits(0), false)
  assert.equal(new TextBuffer('😀').splits(2), false)
  assert.equal(new TextBuffer('').splits(0), false)
})
