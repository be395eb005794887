/**
 * What the classifiers share: learning with a small network, inferring with it, and moving its weights.
 * A kind of classifier differs only in how it turns an input into a sparse vector.
 */
import { setImmediate as nextTick } from 'node:timers/promises'
import { InvalidOptionError } from '../../../protocols/errors.ts'
import { ModelUnavailableError, ModelUntrainedError } from '../errors.ts'
import type { Classification, Example, LearningReport, TrainableModel } from '../model.ts'
import {
  freshWeights,
  Network,
  type NetworkShape,
  type NetworkWeights,
  type SparseVector,
} from './network.ts'
import { seededRandom, shuffle } from './random.ts'

/** Options of every classifier; all are plain data. */
export interface ClassifierOptions {
  /** The names of the classes, at least two. */
  readonly classes: readonly string[]
  /** Units of the hidden layer; 0 leaves a linear model. */
  readonly hidden?: number
  /** How often the examples are gone through. */
  readonly epochs?: number
  /** Step size of AdaGrad. */
  readonly rate?: number
  /** Weight decay. */
  readonly l2?: number
  /** Where first weights and the order of examples come from. */
  readonly seed?: number
}

/** All that a classifier has learnt, as plain data. */
export interface ClassifierWeights {
  readonly classes: readonly string[]
  readonly network: NetworkWeights
}

/** After so many examples the event loop gets a turn, so that an abort can arrive. */
const EXAMPLES_PER_TURN = 64

export abstract class Classifier<Input>
  implements TrainableModel<Input, Classification, string, ClassifierWeights>
{
  readonly #options: Required<ClassifierOptions>
  readonly #shape: NetworkShape
  #trained: { weights: NetworkWeights; network: Network } | undefined

  protected constructor(options: Required<ClassifierOptions>, inputs: number) {
    if (options.classes.length < 2) throw new InvalidOptionError('A classifier needs at least two classes.')
    this.#options = options
    this.#shape = { inputs, hidden: options.hidden, outputs: options.classes.length }
  }

  /** @throws ModelFailedError when the input is not of this classifier's form */
  protected abstract vectorize(input: Input): SparseVector

  async learn(examples: readonly Example<Input, string>[], signal: AbortSignal): Promise<LearningReport> {
    const { epochs, seed } = this.#options
    const random = seededRandom(seed)
    const vectors = examples.map((example) => this.vectorize(example.input))
    const targets = examples.map((example) => this.#classIndex(example.label))
    const order = Uint32Array.from(examples.keys())
    const weights = freshWeights(this.#shape, random)
    const network = new Network(weights)
    let loss = 0
    for (let epoch = 0; epoch < epochs; epoch++) {
      loss = await this.#learnOnce(network, vectors, targets, shuffle(order, random), signal)
    }
    this.#trained = { weights, network }
    return { examples: examples.length, epochs, loss }
  }

  async #learnOnce(
    network: Network,
    vectors: readonly SparseVector[],
    targets: readonly number[],
    order: Uint32Array,
    signal: AbortSignal,
  ): Promise<number> {
    let loss = 0
    for (const [done, i] of order.entries()) {
      if (done % EXAMPLES_PER_TURN === 0) {
        await nextTick()
        signal.throwIfAborted()
      }
      loss += network.step(vectors[i]!, targets[i]!, this.#options)
    }
    return loss / Math.max(order.length, 1)
  }

  infer(inputs: readonly Input[], signal: AbortSignal): Classification[] {
    signal.throwIfAborted()
    const { network } = this.#known()
    return inputs.map((input) => {
      const probabilities = [...network.forward(this.vectorize(input))]
      const best = probabilities.indexOf(Math.max(...probabilities))
      return { label: this.#options.classes[best]!, probabilities }
    })
  }

  export(): ClassifierWeights {
    return { classes: this.#options.classes, network: this.#known().weights }
  }

  import(weights: ClassifierWeights): void {
    const { inputs, hidden, outputs } = this.#shape
    const theirs = weights.network.shape
    const fits = theirs.inputs === inputs && theirs.hidden === hidden && theirs.outputs === outputs
    if (!fits || weights.classes.join('\n') !== this.#options.classes.join('\n')) {
      throw new ModelUnavailableError(
        `The weights are of ${theirs.inputs}×${theirs.hidden} units and the classes ${weights.classes.join(', ')}; ` +
          `this model has ${inputs}×${hidden} and ${this.#options.classes.join(', ')}.`,
      )
    }
    // Nothing writes to weights once they are learnt, so they can be shared.
    this.#trained = { weights: weights.network, network: new Network(weights.network) }
  }

  #known(): { weights: NetworkWeights; network: Network } {
    if (this.#trained === undefined)
      throw new ModelUntrainedError('The classifier has learnt nothing and was given no weights.')
    return this.#trained
  }

  #classIndex(label: string): number {
    const index = this.#options.classes.indexOf(label)
    if (index === -1)
      throw new InvalidOptionError(
        `There is no class ${JSON.stringify(label)} among ${this.#options.classes.join(', ')}.`,
      )
    return index
  }
}
