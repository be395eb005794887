import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'
import { MalformedClockError } from '../../../protocols/errors.ts'
import { anyClocks } from './arbitraries.ts'

const thousand = (id: (i: number) => string) =>
  new VectorClock(Array.from({ length: 1_000 }, (_, i) => [id(i), 1 + ((i * 7_919) % 5_000)] as const))

/** Bytes as they are refused: with what the error has to say. */
function refuses(bytes: number[], reason: RegExp): void {
  assert.throws(
    () => VectorClock.decode(Uint8Array.from(bytes)),
    (error) =>
      error instanceof MalformedClockError &&
      error.message.startsWith('the bytes are no clock: ') &&
      reason.test(error.message),
  )
}

test('a clock comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(anyClocks, (clock) => {
      const decoded = VectorClock.decode(clock.encode())
      assert.deepEqual(new Map([...decoded.clocks].sort()), new Map([...clock.clocks].sort()))
      assert.equal(decoded.compare(clock), 'equal')
    }),
    { numRuns: 500 },
  )
})

test('equal clocks have equal bytes, in whatever order they were made', () => {
  fc.assert(
    fc.property(anyClocks, (clock) => {
      const reversed = new VectorClock([...clock.clocks].reverse())
      assert.deepEqual(reversed.encode(), clock.encode())
    }),
  )
})

test('bytes are refused, or are the very bytes of the clock that they give', () => {
  const damaged = fc.tuple(anyClocks, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(8))
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    damaged.map(([clock, changes, cut]) => {
      const whole = clock.encode()
      for (const [at, byte] of changes) whole[at % whole.length] = byte
      return whole.subarray(0, whole.length - (cut > 4 ? cut - 4 : 0))
    }),
  )
  fc.assert(
    fc.property(bytes, (given) => {
      let clock: VectorClock
      try {
        clock = VectorClock.decode(given)
      } catch (error) {
        assert.ok(error instanceof MalformedClockError, String(error))
        return
      }
      assert.deepEqual([...clock.encode()], [...given])
    }),
    { numRuns: 5_000 },
  )
})

test('an id takes no more than what differs from the id before it', () => {
  const bytes = new VectorClock([
    ['node-2', 5],
    ['node-1', 300],
  ]).encode()
  const text = [...new TextEncoder().encode('node-1')]
  assert.deepEqual([...bytes], [1, 2, 0, 6, ...text, 0xac, 2, 5, 1, 0x32, 5])
})

test('a clock of a thousand named nodes takes a few kilobytes', () => {
  assert.ok(thousand((i) => `neuroplex-${i}`).encode().length < 6_000)
  assert.ok(thousand((i) => `10.0.${i >> 8}.${i & 255}:4433`).encode().length < 12_000)
})

test('more entries than allowed are refused before they are read', () => {
  const bytes = thousand((i) => `n${i}`).encode()
  assert.equal(VectorClock.decode(bytes, 1_000).clocks.size, 1_000)
  assert.throws(
    () => VectorClock.decode(bytes, 999),
    /they announce 1000 entries, and no more than 999 are allowed/,
  )
  // A clock never holds more than it may, whatever a caller allows.
  assert.throws(
    () => VectorClock.decode(Uint8Array.of(1, 0x81, 0x80, 1), 1e9),
    /announce 16385 entries, and no more than 16384/,
  )
})

test('each way to be no clock is told', () => {
  refuses([], /end too early/)
  refuses([2, 0], /unknown format/)
  refuses([1], /end too early/)
  refuses([1, 1, 0, 3, 97], /end too early/)
  refuses([1, 1, 0, 1, 97], /end too early/)
  refuses([1, 1, 0, 1, 97, 0], /count 0/)
  refuses([1, 0, 0], /1 bytes follow/)
  refuses([1, 1, 1, 1, 97, 1], /shorter or longer/)
  refuses([1, 1, 0, 0, 1], /shorter or longer/)
  refuses([1, 1, 0, 0xfe, 5, 97, 1], /shorter or longer/)
  refuses([1, 1, 0, 0x80, 2, ...new Array<number>(256).fill(97), 1], /one is too long/)
  refuses([1, 1, 0, 1, 0xff, 1], /no UTF-8/)
  refuses([1, 2, 0, 1, 98, 1, 0, 1, 97, 1], /ascending/)
  refuses([1, 2, 0, 1, 97, 1, 0, 1, 97, 1], /repeats what it shares/)
  refuses([1, 2, 0, 2, 97, 98, 1, 0, 2, 97, 99, 1], /repeats what it shares/)
})

test('a number is refused unless it is in its shortest form and a safe integer', () => {
  const count = (...bytes: number[]) => [1, 1, 0, 1, 97, ...bytes]
  const largest = VectorClock.decode(Uint8Array.from(count(255, 255, 255, 255, 255, 255, 255, 15)))
  assert.equal(largest.get('a'), Number.MAX_SAFE_INTEGER)
  refuses(count(0x81, 0), /shortest form/)
  refuses(count(255, 255, 255, 255, 255, 255, 255, 16), /above 9007199254740991/)
  refuses(count(255, 255, 255, 255, 255, 255, 255, 255, 1), /shortest form/)
})
