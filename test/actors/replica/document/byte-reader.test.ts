import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteReader, hex, MalformedError } from '../../../../actors/replica/document/byte-reader.ts'

function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    const low = ((rest % 128) + 128) % 128
    if (rest >= -64 && rest < 64) return [...bytes, low]
    bytes.push(low + 128)
  }
}

test('every whole number is read as it was written, and the reader stands behind it', () => {
  const number = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 300 }))
  fc.assert(
    fc.property(number, fc.boolean(), (value, negative) => {
      const reader = new ByteReader(Uint8Array.from([...unsigned(value), 0xff]))
      assert.equal(reader.unsigned(), value)
      assert.equal(reader.at, reader.end - 1)
      const whole = negative ? -value : value
      // -0 and 0 are one number.
      assert.equal(new ByteReader(Uint8Array.from(signed(whole))).signed() === whole, true)
    }),
  )
})

test('numbers beyond what JavaScript counts exactly are refused', () => {
  const far = Uint8Array.from([...Array(9).fill(0xff), 1])
  const endless = new Uint8Array(20).fill(0x80)
  const beyond = Uint8Array.from([...unsigned(2 ** 53 - 1).slice(0, -1), 0x7f, 0])
  for (const bytes of [far, endless]) {
    assert.throws(() => new ByteReader(bytes).unsigned(), /a number is too large/)
    assert.throws(() => new ByteReader(bytes).signed(), /a number is too large/)
  }
  assert.throws(() => new ByteReader(beyond).unsigned(), MalformedError)
  assert.throws(() => new ByteReader(Uint8Array.from([...signed(2 ** 53 + 2)])).signed(), MalformedError)
})

test('nothing is read beyond the end, which need not be that of the bytes', () => {
  const reader = new ByteReader(Uint8Array.from([2, 7, 8, 9]), 0, 3)
  assert.deepEqual([...reader.prefixed()], [7, 8])
  assert.ok(reader.done)
  assert.throws(() => reader.byte(), MalformedError)
  assert.throws(() => reader.take(1), MalformedError)
  assert.throws(() => new ByteReader(Uint8Array.from([5, 1])).prefixed(), MalformedError)
  assert.throws(() => new ByteReader(new Uint8Array()).unsigned(), /it ends too early/)
})

test('bytes are written as hexadecimal digits, also those of a part of a buffer', () => {
  assert.equal(new ByteReader(Uint8Array.from([1, 0xab, 0])).hex(2), '01ab')
  assert.equal(hex(Uint8Array.from([1, 2, 255]).subarray(1)), '02ff')
  assert.equal(new MalformedError('x').name, 'MalformedError')
})
