import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteReader, ByteWriter } from '../../protocols/bytes.ts'

class RefusedError extends Error {}

class Reader extends ByteReader {
  protected malformed(what: string): RefusedError {
    return new RefusedError(what)
  }
}

const numbers = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  // Where a number begins to take another byte.
  fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: -1, max: 1 })).map(([n, d]) => 128 ** n + d),
)

test('numbers and bytes come back as they were, in however small a buffer they were begun', () => {
  const item = fc.oneof(numbers, fc.uint8Array({ maxLength: 40 }))
  fc.assert(
    fc.property(fc.array(item), fc.nat(8), (items, capacity) => {
      const writer = new ByteWriter(capacity)
      for (const item of items)
        if (typeof item === 'number') writer.varint(item)
        else writer.raw(item)
      const reader = new Reader(writer.done())
      for (const item of items)
        if (typeof item === 'number') assert.equal(reader.varint(), item)
        else assert.deepEqual([...reader.raw(item.length)], [...item])
      assert.equal(reader.left, 0)
    }),
  )
})

test('bytes are refused as a number, or are the very bytes of the number that they give', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 10 }), (bytes) => {
      const reader = new Reader(bytes)
      let number: number
      try {
        number = reader.varint()
      } catch (error) {
        assert.ok(error instanceof RefusedError, String(error))
        return
      }
      const read = bytes.subarray(0, bytes.length - reader.left)
      assert.deepEqual([...new ByteWriter(8).varint(number).done()], [...read])
    }),
    { numRuns: 2_000 },
  )
})

test('each way to be no number is told', () => {
  const refuses = (bytes: number[], reason: RegExp, max?: number) =>
    assert.throws(() => new Reader(Uint8Array.from(bytes)).varint(max), reason)
  refuses([], /end too early/)
  refuses([0x80], /end too early/)
  refuses([0x81, 0], /shortest form/)
  refuses([255, 255, 255, 255, 255, 255, 255, 255, 1], /shortest form/)
  refuses([255, 255, 255, 255, 255, 255, 255, 16], /above 9007199254740991/)
  refuses([5], /above 4/, 4)
  assert.throws(() => new Reader(Uint8Array.of(1, 2)).raw(3), /end too early/)
})
