import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_GENESIS, type Parameters } from '../../../../protocols/consensus/genesis.ts'
import {
  adaptToNetwork,
  optimizeParameters,
  scoreOf,
} from '../../../../protocols/consensus/learning/optimizer.ts'
import {
  type PerformanceReport,
  stepParameters,
  type TunedEpoch,
} from '../../../../protocols/consensus/state/tuning.ts'
import { Random } from '../simulator/random.ts'

const { parameters: DEFAULTS, bounds } = DEFAULT_GENESIS
const NAMES = Object.keys(bounds) as (keyof Parameters)[]
const GOOD: PerformanceReport = { throughput: 1_000, p50Ms: 20, p99Ms: 40, roundTripMs: 2 }
const BAD: PerformanceReport = { ...GOOD, p50Ms: 60, p99Ms: 400 }

function suggest(history: readonly TunedEpoch[], next: Parameters, seed = 1): Parameters {
  const random = new Random(seed)
  return optimizeParameters({ history, next, bounds }, () => random.next())
}

const someParameters: fc.Arbitrary<Parameters> = fc.record({
  batch_cap: fc.integer({ min: bounds.batch_cap[0], max: bounds.batch_cap[1] }),
  batch_wait: fc.integer({ min: bounds.batch_wait[0], max: bounds.batch_wait[1] }),
  view_timeout: fc.integer({ min: bounds.view_timeout[0], max: bounds.view_timeout[1] }),
  pipeline_depth: fc.integer({ min: bounds.pipeline_depth[0], max: bounds.pipeline_depth[1] }),
})
const someReport: fc.Arbitrary<PerformanceReport> = fc.record({
  throughput: fc.maxSafeNat(),
  p50Ms: fc.maxSafeNat(),
  p99Ms: fc.maxSafeNat(),
  roundTripMs: fc.maxSafeNat(),
})

/** S10 of the invariants. */
test('whatever was reported, a suggestion is in bounds and one step away', () => {
  const someHistory = fc.array(fc.record({ parameters: someParameters, report: someReport }), {
    maxLength: 64,
  })
  fc.assert(
    fc.property(someHistory, someParameters, fc.integer(), (some, next, seed) => {
      const suggested = suggest(
        some.map((one, epoch) => ({ ...one, epoch })),
        next,
        seed,
      )
      for (const name of NAMES) {
        const [min, max] = bounds[name]
        assert.ok(Number.isInteger(suggested[name]) && suggested[name] >= min && suggested[name] <= max, name)
      }
      assert.deepEqual({ ...stepParameters(next, suggested, bounds) }, { ...suggested })
    }),
    { numRuns: 100 },
  )
})

test('says the same again from the same history and the same chance', () => {
  const history = [0, 1, 2, 3].map((epoch) => ({ epoch, parameters: DEFAULTS, report: GOOD }))
  assert.deepEqual(suggest(history, DEFAULTS, 7), suggest(history, DEFAULTS, 7))
  assert.notDeepEqual(suggest(history, DEFAULTS, 7), suggest(history, DEFAULTS, 8))
})

test('goes back to what was better when an epoch is clearly worse', () => {
  const worse = { ...DEFAULTS, view_timeout: 1_200, batch_wait: 9 }
  const history = [GOOD, GOOD, GOOD, GOOD, BAD].map((report, epoch) => ({
    ...{ epoch, report },
    parameters: report === BAD ? worse : DEFAULTS,
  }))
  assert.deepEqual(suggest(history, worse), stepParameters(worse, DEFAULTS, bounds))
  assert.equal(suggest(history, worse).view_timeout, 1_000)
})

test('tries no timeout that leaves a view no time for its hops, however much the shorter ones have helped', () => {
  const roundTripMs = 200
  const timeouts = [1_400, 1_150, 950, 800, 680]
  const history = timeouts.map((view_timeout, epoch) => ({
    epoch,
    parameters: { ...DEFAULTS, view_timeout },
    report: { ...GOOD, roundTripMs, p99Ms: view_timeout },
  }))
  for (let seed = 1; seed <= 50; seed++) {
    const { view_timeout } = suggest(history, { ...DEFAULTS, view_timeout: 620 }, seed)
    assert.ok(view_timeout >= 3 * roundTripMs, `${view_timeout}`)
  }
})

test('begins with nothing known, and then with what the network is like', () => {
  assert.deepEqual(suggest([], DEFAULTS), DEFAULTS)
  const history = [{ epoch: 0, parameters: DEFAULTS, report: GOOD }]
  assert.deepEqual(suggest(history, DEFAULTS), adaptToNetwork({ roundTripMs: 2 }, DEFAULTS, bounds))
})

test('a slow network gets more time and more blocks on their way, a fast one less', () => {
  const slow = adaptToNetwork({ roundTripMs: 300 }, DEFAULTS, bounds)
  assert.deepEqual({ ...slow }, { ...DEFAULTS, view_timeout: 1_200, pipeline_depth: 5 })
  const fast = adaptToNetwork({ roundTripMs: 1 }, DEFAULTS, bounds)
  assert.deepEqual({ ...fast }, { ...DEFAULTS, view_timeout: 800, pipeline_depth: 3 })
})

test('what never changes in its bounds is no direction to learn in', () => {
  const fixed = { ...bounds, batch_cap: [1_000, 1_000] as const }
  const history = [0, 1, 2, 3].map((epoch) => ({ epoch, parameters: DEFAULTS, report: GOOD }))
  const random = new Random(1)
  const suggested = optimizeParameters({ history, next: DEFAULTS, bounds: fixed }, () => random.next())
  assert.equal(suggested.batch_cap, 1_000)
})

test('scores higher what decides more, or earlier', () => {
  assert.ok(scoreOf(GOOD) > scoreOf(BAD))
  assert.ok(scoreOf({ ...GOOD, throughput: 2_000 }) > scoreOf(GOOD))
})
