import { InvalidOptionError } from '../../../protocols/errors.ts'
import { ModelFailedError } from '../errors.ts'
import { Classifier, type ClassifierOptions } from './classifier.ts'
import { hashFeatures } from './features.ts'
import type { SparseVector } from './network.ts'

export interface TextClassifierOptions extends ClassifierOptions {
  /** Size of the hashed vector, a power of two. The weights take buckets × (hidden + classes) × 4 bytes. */
  readonly buckets?: number
}

/**
 * A text, from which words and pairs of words are taken; a list of features already taken, one per
 * occurrence; or the vector that `hashFeatures` makes of them, which is the least to send.
 */
export type TextInput = string | readonly string[] | SparseVector

const DEFAULTS = { hidden: 8, epochs: 8, rate: 0.3, l2: 1e-5, seed: 1, buckets: 2 ** 17 }

/**
 * A small neural network that learns to tell classes of text apart, in process and in seconds.
 *
 * @example
 * const model = new TextClassifier({ classes: ['ham', 'spam'] })
 * await model.learn([{ input: 'buy now', label: 'spam' }, { input: 'see you at noon', label: 'ham' }], signal)
 * const [answer] = model.infer(['buy it at noon'], signal)
 */
export class TextClassifier extends Classifier<TextInput> {
  readonly #buckets: number

  constructor(options: TextClassifierOptions) {
    const whole = { ...DEFAULTS, ...options }
    if (!isPowerOfTwo(whole.buckets))
      throw new InvalidOptionError(`buckets has to be a power of two, not ${whole.buckets}`)
    super(whole, whole.buckets)
    this.#buckets = whole.buckets
  }

  protected override vectorize(input: TextInput): SparseVector {
    if (typeof input === 'object' && 'indices' in input) return this.#checked(input)
    return hashFeatures(typeof input === 'string' ? wordsAndPairs(input) : input, this.#buckets)
  }

  /** An index beyond the weights would be read as no number at all, and spoil what is learnt. */
  #checked(vector: SparseVector): SparseVector {
    if (vector.indices.every((index) => index < this.#buckets)) return vector
    throw new ModelFailedError(`The vector has indices beyond the ${this.#buckets} of the model.`)
  }
}

function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(size) && size >= 2 && size <= 2 ** 24 && (size & (size - 1)) === 0
}

/** The words of a text in lower case, and each two neighbours. */
export function wordsAndPairs(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'$€£%]+/gu) ?? []
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)]
}
