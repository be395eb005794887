import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineCutter } from '../../../runtime/telemetry/lines.ts'

function cut(chunks: readonly Buffer[], maxBytes: number) {
  const lines: string[] = []
  let tooLong = 0
  const cutter = new LineCutter(
    maxBytes,
    (line) => lines.push(line),
    () => tooLong++,
  )
  for (const chunk of chunks) cutter.push(chunk)
  return { lines, tooLong }
}

test('however a text is cut into pieces, its lines are the same', () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\n', '').trim())
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''))
      const edges = [0, ...cuts.map((at) => Math.min(at, bytes.length)), bytes.length].sort((a, b) => a - b)
      const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end))
      const kept = lines.map((one) => Buffer.from(one).toString('utf8').trim()).filter((one) => one !== '')
      assert.deepEqual(cut(chunks, 10_000).lines, kept)
    }),
  )
})

test('a line that is too long is left out as a whole, reported once, and its neighbours are kept', () => {
  const text = Buffer.from(`first\n${'x'.repeat(50)}\nlast\n`)
  const pieces = Array.from(text, (byte) => Buffer.from([byte]))
  for (const chunks of [[text], pieces])
    assert.deepEqual(cut(chunks, 10), { lines: ['first', 'last'], tooLong: 1 })
})
