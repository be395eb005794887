import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RestartWindow } from '../../../protocols/restart/intensity.ts'

/** The same by the definition: a restart is allowed when fewer than so many were kept within the window. */
class Naive {
  readonly #kept: number[] = []
  readonly #restarts: number
  readonly #withinMs: number

  constructor(restarts: number, withinMs: number) {
    this.#restarts = restarts
    this.#withinMs = withinMs
  }

  allow(now: number): boolean {
    if (this.recent(now) >= this.#restarts) return false
    this.#kept.push(now)
    return true
  }

  recent(now: number): number {
    return this.#kept.filter((time) => now - time <= this.#withinMs).length
  }
}

test('as many restarts are allowed as the window has room for, and again once the first have left it', () => {
  const window = new RestartWindow({ restarts: 2, withinMs: 100 })
  assert.deepEqual(
    [0, 10, 20, 100, 101].map((now) => window.allow(now)),
    [true, true, false, false, true],
  )
  assert.equal(window.total, 5)
})

test('no restart is allowed where none is given', () => {
  assert.equal(new RestartWindow({ restarts: 0, withinMs: 100 }).allow(0), false)
})

test('a window that has seen many restarts judges like a new one', () => {
  const window = new RestartWindow({ restarts: 5, withinMs: 100 })
  const naive = new Naive(5, 100)
  for (let now = 0; now < 100_000; now += 15) assert.equal(window.allow(now), naive.allow(now))
})

test('any series of restarts is judged as the definition says', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 })
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 500 }),
      pauses,
      (restarts, withinMs, steps) => {
        const window = new RestartWindow({ restarts, withinMs })
        const naive = new Naive(restarts, withinMs)
        let now = 1_000
        for (const step of steps) {
          now += step
          assert.equal(window.allow(now), naive.allow(now))
          assert.equal(window.recent(now), naive.recent(now))
        }
        assert.equal(window.total, steps.length)
      },
    ),
  )
})
