/**
 * What is believed of a function of which a few noisy values are known: at each point a mean and how far it may be
 * off. The kernel is the squared exponential one; values are taken relative to their mean and spread.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'

/** How far apart two points, in a cube of side 1, still say something about each other. */
const LENGTH = 0.35

export interface Observation {
  readonly point: readonly number[]
  readonly value: number
  /** Variance of its noise, relative to the spread of the values. */
  readonly noise: number
}

export interface Belief {
  readonly mean: number
  readonly deviation: number
}

export class GaussianProcess {
  readonly #observations: readonly Observation[]
  readonly #mean: number
  readonly #spread: number
  readonly #decomposition: CholeskyDecomposition
  readonly #weights: Matrix

  /** From one observation on; every noise has to be above 0. */
  constructor(observations: readonly Observation[]) {
    const values = observations.map(({ value }) => value)
    this.#observations = observations
    this.#mean = average(values)
    // With no spread yet every value is as expected.
    this.#spread = Math.sqrt(average(values.map((value) => (value - this.#mean) ** 2))) || 1
    const covariance = observations.map((a, i) =>
      observations.map((b, j) => kernel(a.point, b.point) + (i === j ? a.noise : 0)),
    )
    this.#decomposition = new CholeskyDecomposition(new Matrix(covariance))
    this.#weights = this.#decomposition.solve(
      Matrix.columnVector(values.map((value) => (value - this.#mean) / this.#spread)),
    )
  }

  /** How likely the values are by this belief: the logarithm, but for a constant. */
  get likelihood(): number {
    const values = this.#observations.map(({ value }) => (value - this.#mean) / this.#spread)
    const fit = Matrix.columnVector(values).dot(this.#weights)
    const { lowerTriangularMatrix } = this.#decomposition
    return -fit / 2 - lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0)
  }

  at(point: readonly number[]): Belief {
    const similarity = Matrix.columnVector(this.#observations.map((other) => kernel(point, other.point)))
    const mean = similarity.dot(this.#weights)
    const variance = 1 - similarity.dot(this.#decomposition.solve(similarity))
    return {
      mean: this.#mean + this.#spread * mean,
      deviation: this.#spread * Math.sqrt(Math.max(0, variance)),
    }
  }
}

/** How much better than `best` a value may be expected to be, counting what is worse as nothing. */
export function expectedImprovement({ mean, deviation }: Belief, best: number): number {
  if (deviation === 0) return Math.max(0, mean - best)
  const z = (mean - best) / deviation
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return (mean - best) * normalShareBelow(z) + deviation * density
}

/** The logistic approximation, off by less than 0.0002. */
function normalShareBelow(z: number): number {
  return 1 / (1 + Math.exp(-1.5976 * z - 0.07056 * z ** 3))
}

function kernel(a: readonly number[], b: readonly number[]): number {
  const squared = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
  return Math.exp(-squared / (2 * LENGTH ** 2))
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
