import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  expectedImprovement,
  GaussianProcess,
} from '../../../../protocols/consensus/learning/gaussian-process.ts'

const wave = (x: number) => 10 + 3 * Math.sin(4 * x)
const observe = (noise: number, ...points: number[]) =>
  points.map((x) => ({ point: [x], value: wave(x), noise }))

function assertNear(actual: number, expected: number, within: number): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not within ${within} of ${expected}`)
}

test('believes what was observed, and what lies between by its shape', () => {
  const process = new GaussianProcess(observe(1e-6, 0, 0.2, 0.4, 0.6, 0.8, 1))
  for (const x of [0, 0.4, 1]) {
    assertNear(process.at([x]).mean, wave(x), 0.01)
    assertNear(process.at([x]).deviation, 0, 0.01)
  }
  for (const x of [0.1, 0.5, 0.9]) assertNear(process.at([x]).mean, wave(x), 0.05)
})

test('knows nothing far away, and less where the values are noisy', () => {
  const process = new GaussianProcess(observe(0.01, 0, 0.1))
  assertNear(process.at([9]).mean, (wave(0) + wave(0.1)) / 2, 1e-9)
  assert.ok(process.at([9]).deviation > 3 * process.at([0.05]).deviation)
  const noisy = new GaussianProcess(observe(1, 0, 0.1))
  assert.ok(noisy.at([0.05]).deviation > process.at([0.05]).deviation)
})

test('finds values likelier with the noise that they have', () => {
  const points = Array.from({ length: 20 }, (_, i) => i / 20)
  const likelihood = (off: number, noise: number) =>
    new GaussianProcess(
      points.map((x, i) => ({ point: [x], value: wave(x) + (i % 2 === 0 ? off : -off), noise })),
    ).likelihood
  assert.ok(likelihood(0, 0.01) > likelihood(0, 0.5))
  assert.ok(likelihood(3, 0.01) < likelihood(3, 0.5))
})

test('takes one value, and the same ones again', () => {
  assertNear(new GaussianProcess(observe(0.1, 0.5)).at([0.5]).mean, wave(0.5), 1e-9)
  assertNear(new GaussianProcess(observe(0.1, 0.5, 0.5, 0.5)).at([0.5]).mean, wave(0.5), 1e-9)
})

test('expects to improve by what is known to be better, and by chance where little is known', () => {
  assert.equal(expectedImprovement({ mean: 5, deviation: 0 }, 3), 2)
  assert.equal(expectedImprovement({ mean: 1, deviation: 0 }, 3), 0)
  // A standard normal variable is 0.3989 above zero in the mean, counting what is below as nothing.
  assertNear(expectedImprovement({ mean: 0, deviation: 1 }, 0), 0.3989, 0.0005)
  assertNear(expectedImprovement({ mean: -1, deviation: 2 }, 0), 0.3956, 0.0005)
  assertNear(expectedImprovement({ mean: -90, deviation: 1 }, 0), 0, 1e-9)
})
