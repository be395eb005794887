import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Deadlines, Waiting } from '../../../runtime/scheduler/deadlines.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** A deadline may be seen to as late as the next tick of the wheel. */
const TICK_MS = 8

class Ask extends Waiting {
  readonly #clock: FakeClock
  expiredAt: number | undefined
  onExpire: () => void = () => undefined

  constructor(clock: FakeClock, deadline: number) {
    super()
    this.#clock = clock
    this.deadline = deadline
  }

  override expire(): void {
    assert.equal(this.expiredAt, undefined, 'a deadline passes once')
    this.expiredAt = this.#clock.now()
    this.onExpire()
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: -20, max: 30_000 }) }) },
    { weight: 2, arbitrary: fc.record({ remove: fc.nat(50) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        advance: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })),
      }),
    },
  ),
  { maxLength: 120 },
)

/** Plays a series of steps and checks after each what has to hold. */
class Play {
  readonly #clock: FakeClock
  readonly #deadlines: Deadlines
  readonly #asks: { ask: Ask; addedAt: number; removed: boolean }[] = []

  constructor(start: number) {
    this.#clock = new FakeClock(start)
    this.#deadlines = new Deadlines(this.#clock)
  }

  add(ms: number): void {
    const ask = new Ask(this.#clock, this.#clock.now() + ms)
    this.#deadlines.add(ask)
    this.#asks.push({ ask, addedAt: this.#clock.now(), removed: false })
  }

  remove(index: number): void {
    const chosen = this.#asks[index % Math.max(1, this.#asks.length)]
    if (chosen === undefined || chosen.ask.expiredAt !== undefined) return
    this.#deadlines.remove(chosen.ask)
    chosen.removed = true
  }

  advance(ms: number): void {
    this.#clock.advance(ms)
  }

  check(): void {
    for (const { ask, addedAt, removed } of this.#asks)
      if (removed) assert.equal(ask.expiredAt, undefined)
      else if (ask.expiredAt !== undefined) assert.ok(ask.expiredAt >= ask.deadline)
      else assert.ok(this.#clock.now() <= Math.max(ask.deadline, addedAt) + 2 * TICK_MS, 'it is overdue')
    const waiting = this.#asks.filter(({ ask, removed }) => !removed && ask.expiredAt === undefined)
    assert.equal(this.#deadlines.size, waiting.length)
  }
}

test('each deadline passes once, not early and at most a tick late, unless it is removed', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), steps, (start, series) => {
      const play = new Play(start)
      for (const step of series) {
        if ('add' in step) play.add(step.add)
        else if ('remove' in step) play.remove(step.remove)
        else play.advance(step.advance)
        play.check()
      }
    }),
    { numRuns: 300 },
  )
})

test('what expires may remove and add others', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const [first, second, third] = [new Ask(clock, 10), new Ask(clock, 10), new Ask(clock, 20)]
  first.onExpire = () => {
    deadlines.remove(second)
    deadlines.add(third)
  }
  deadlines.add(first)
  deadlines.add(second)
  clock.advance(100)
  assert.equal(second.expiredAt, undefined)
  assert.ok(first.expiredAt !== undefined && third.expiredAt !== undefined)
})

test('no timer is left where nothing waits, nor after the end', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const ask = new Ask(clock, 10)
  deadlines.add(ask)
  deadlines.remove(ask)
  deadlines.remove(ask)
  clock.advance(100)
  assert.equal(clock.timers, 0)
  deadlines.add(new Ask(clock, 1_000))
  deadlines.stop()
  assert.equal(clock.timers, 0)
})
