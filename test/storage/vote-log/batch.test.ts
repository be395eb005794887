/** What a crash or the disk may leave of a segment, and what is made of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeBatch, type LogRecord, readSegment } from '../../../storage/vote-log/batch.ts'

const SEGMENT = 3
const SECTOR = 512

const recordsOfBatch = (number: number, size: number): LogRecord[] => [
  { validator: 'a', view: number, bytes: new Uint8Array(size).fill(number + 1) },
  { validator: 'b', view: number, bytes: new Uint8Array(3) },
]

const batches = [10, 700, 1_500].map((size, number) => recordsOfBatch(number, size))
const encoded = batches.map((records, number) => encodeBatch(SEGMENT, number, records))
const whole = Buffer.concat(encoded)
const room = Buffer.alloc(5 * SECTOR)
const lastAt = whole.length - encoded.at(-1)!.length

const read = (bytes: Buffer) => readSegment('votes.log', SEGMENT, bytes)
const isDamaged = (bytes: Buffer, why: string) =>
  assert.throws(() => read(bytes), { code: 'STORAGE_DAMAGED', message: /replace the keys/ }, why)

test('reads what was written, whatever it is', () => {
  const someRecord = fc.record(
    {
      validator: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      view: fc.maxSafeNat(),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.nat(3_000).map((size) => new Uint8Array(size)),
      ),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(fc.array(fc.array(someRecord), { minLength: 1, maxLength: 4 }), (some) => {
      const bytes = Buffer.concat(some.map((records, number) => encodeBatch(SEGMENT, number, records)))
      assert.equal(bytes.length % SECTOR, 0)
      assert.deepEqual(read(bytes), { records: some.flat(), tornBytes: 0 })
    }),
    { numRuns: 50 },
  )
})

test('a last batch that ends early anywhere is left out, and said', () => {
  for (let length = lastAt + 1; length < whole.length; length++)
    assert.deepEqual(read(whole.subarray(0, length)), {
      records: batches.slice(0, -1).flat(),
      tornBytes: length - lastAt,
    })
})

test('a last batch that lacks sectors which had not reached the disk is left out', () => {
  const count = (whole.length - lastAt) / SECTOR
  for (let missing = 1; missing < 2 ** count; missing++) {
    const bytes = Buffer.from(whole)
    let reached = 0
    for (let i = 0; i < count; i++)
      if (missing & (1 << i)) bytes.fill(0, lastAt + i * SECTOR, lastAt + (i + 1) * SECTOR)
      else reached = (i + 1) * SECTOR
    const left = { records: batches.slice(0, -1).flat(), tornBytes: reached }
    assert.deepEqual(read(bytes), left)
    assert.deepEqual(read(Buffer.concat([bytes, room])), left)
  }
})

test('room behind the last batch is no part of it, and what stands in it is', () => {
  assert.deepEqual(read(Buffer.concat([whole, room])), { records: batches.flat(), tornBytes: 0 })
  const torn = Buffer.concat([whole.subarray(0, -SECTOR), room, Buffer.from('x')])
  isDamaged(torn, 'a batch that lacks a sector, and something behind it')
})

test('a changed bit anywhere is damage, in the last batch too', () => {
  for (let at = 0; at < whole.length; at++)
    for (const bit of [1, 16, 128]) {
      const bytes = Buffer.from(whole)
      bytes[at]! ^= bit
      isDamaged(bytes, `bit ${bit} of byte ${at}`)
    }
})

test('zeros that were written as such do not make damage look like a torn batch', () => {
  const zeros = encodeBatch(SEGMENT, 1, [{ validator: 'a', view: 1, bytes: new Uint8Array(3_000) }])
  const bytes = Buffer.concat([encoded[0]!, zeros])
  assert.equal(read(bytes).records.length, 3)
  bytes[encoded[0]!.length + 100]! ^= 1
  isDamaged(bytes, 'a bit in a batch of zeros')
})

test('a sector that is missing before the last batch is damage', () => {
  for (let at = 0; at < lastAt; at += SECTOR) {
    const bytes = Buffer.from(whole)
    bytes.fill(0, at, at + SECTOR)
    isDamaged(bytes, `sector at ${at}`)
  }
})

test('a first batch that is not whole is damage, because the file has its name only since it was', () => {
  for (const length of [0, 1, SECTOR - 1]) isDamaged(whole.subarray(0, length), `${length} bytes`)
  isDamaged(Buffer.alloc(SECTOR), 'a sector of zeros')
})

test('batches of another segment, missing or repeated ones are damage', () => {
  const [first, second, third] = encoded as [Buffer, Buffer, Buffer]
  isDamaged(Buffer.concat([first, third]), 'missing')
  isDamaged(Buffer.concat([first, second, second, third]), 'repeated')
  isDamaged(Buffer.concat([first, encodeBatch(SEGMENT - 1, 1, batches[1]!)]), 'of another segment')
})
