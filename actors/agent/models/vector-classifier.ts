import { ModelFailedError } from '../errors.ts'
import { Classifier, type ClassifierOptions } from './classifier.ts'
import type { SparseVector } from './network.ts'

export interface VectorClassifierOptions extends ClassifierOptions {
  /** Length of the input vectors. */
  readonly dimensions: number
}

const DEFAULTS = { hidden: 16, epochs: 30, rate: 0.05, l2: 1e-4, seed: 1 }

/**
 * A small neural network over dense vectors such as a sentence encoder gives.
 *
 * Inputs are `Float32Array`s of the given number of dimensions; they should be of about unit length.
 */
export class VectorClassifier extends Classifier<Float32Array> {
  readonly #indices: Uint32Array

  constructor(options: VectorClassifierOptions) {
    super({ ...DEFAULTS, ...options }, options.dimensions)
    this.#indices = Uint32Array.from({ length: options.dimensions }, (_, i) => i)
  }

  protected override vectorize(values: Float32Array): SparseVector {
    if (values.length !== this.#indices.length) {
      throw new ModelFailedError(
        `The vector has ${values.length} dimensions, the model ${this.#indices.length}.`,
      )
    }
    return { indices: this.#indices, values }
  }
}
