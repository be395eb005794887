/**
 * A small feed-forward network over sparse input: a linear layer and, beside it, one hidden layer of
 * rectified units; their sum goes through a softmax.
 *
 *     input ──────── direct ───────┐
 *       └── hidden (relu) ── out ──┴─ softmax ─ probabilities
 *
 * The direct path learns in a few passes what single features say; the hidden one adds what they say
 * together. Learning is by AdaGrad, whose step is large for rare features, as text needs it (Duchi,
 * Hazan and Singer, 2011). Everything runs on the calling thread.
 */
import type { Random } from './random.ts'

/** The features of an input that are not zero. Both arrays have the same length. */
export interface SparseVector {
  readonly indices: Uint32Array
  readonly values: Float32Array
}

/** The sizes of the layers. */
export interface NetworkShape {
  readonly inputs: number
  readonly hidden: number
  readonly outputs: number
}

/** All that a network has learnt, row by row. Structured-cloneable; the buffers can be transferred. */
export interface NetworkWeights {
  readonly shape: NetworkShape
  /** inputs × outputs */
  readonly direct: Float32Array
  /** inputs × hidden */
  readonly first: Float32Array
  /** hidden biases */
  readonly firstBias: Float32Array
  /** hidden × outputs */
  readonly second: Float32Array
  /** output biases */
  readonly bias: Float32Array
}

/** How a network learns. */
export interface StepOptions {
  /** Step size of AdaGrad. */
  readonly rate: number
  /** Weight decay, applied to the weights that a step touches. */
  readonly l2: number
}

/** AdaGrad divides by the root of the squares so far; this keeps the first step finite. */
const FIRST_SQUARE = 1e-2

/** New weights: the hidden layer small and random, lest its units all learn the same; the rest zero. */
export function freshWeights(shape: NetworkShape, random: Random): NetworkWeights {
  const { inputs, hidden, outputs } = shape
  // A plain loop, because there are a million of them and whoever makes them holds up its thread.
  const uniform = (size: number, spread: number): Float32Array => {
    const values = new Float32Array(size)
    for (let i = 0; i < size; i++) values[i] = (random() * 2 - 1) * spread
    return values
  }
  return {
    shape,
    direct: new Float32Array(inputs * outputs),
    first: uniform(inputs * hidden, 0.1),
    firstBias: new Float32Array(hidden),
    second: uniform(hidden * outputs, 1 / Math.sqrt(Math.max(hidden, 1))),
    bias: new Float32Array(outputs),
  }
}

export class Network {
  readonly #weights: NetworkWeights
  readonly #activation: Float32Array
  readonly #output: Float64Array
  /** Sums of squared gradients, made at the first step. */
  #squares: NetworkWeights | undefined

  constructor(weights: NetworkWeights) {
    this.#weights = weights
    this.#activation = new Float32Array(weights.shape.hidden)
    this.#output = new Float64Array(weights.shape.outputs)
  }

  /** The probability of each output. The array belongs to the network and is overwritten by the next call. */
  forward(input: SparseVector): Float64Array {
    const { shape, direct, first, firstBias, second, bias } = this.#weights
    const { hidden, outputs } = shape
    const activation = this.#activation
    const output = this.#output
    activation.set(firstBias)
    output.set(bias)
    const { indices, values } = input
    for (let n = 0; n < indices.length; n++) {
      const index = indices[n]!
      const value = values[n]!
      for (let o = 0, at = index * outputs; o < outputs; o++) output[o]! += value * direct[at + o]!
      for (let h = 0, at = index * hidden; h < hidden; h++) activation[h]! += value * first[at + h]!
    }
    for (let h = 0; h < hidden; h++) {
      const active = activation[h]!
      if (active <= 0) continue
      for (let o = 0; o < outputs; o++) output[o]! += active * second[h * outputs + o]!
    }
    return softmax(output)
  }

  /** Learns from one example and returns its cross-entropy before the step, in nats. */
  step(input: SparseVector, target: number, options: StepOptions): number {
    const probabilities = this.forward(input)
    const loss = -Math.log(Math.max(probabilities[target]!, 1e-12))
    // The gradient of softmax with cross-entropy is the output minus the target.
    const slope = Float64Array.from(probabilities)
    slope[target]! -= 1
    this.#backward(input, slope, options)
    return loss
  }

  #backward(input: SparseVector, slope: Float64Array, options: StepOptions): void {
    const w = this.#weights
    const { hidden, outputs } = w.shape
    const squares = (this.#squares ??= emptyLike(w))
    const inner = new Float64Array(hidden)
    for (let h = 0; h < hidden; h++) {
      const active = this.#activation[h]!
      if (active <= 0) continue
      for (let o = 0; o < outputs; o++) {
        const at = h * outputs + o
        inner[h]! += slope[o]! * w.second[at]!
        adagrad(w.second, squares.second, at, slope[o]! * active, options)
      }
      adagrad(w.firstBias, squares.firstBias, h, inner[h]!, options)
    }
    for (let o = 0; o < outputs; o++) adagrad(w.bias, squares.bias, o, slope[o]!, options)
    const { indices, values } = input
    for (let n = 0; n < indices.length; n++) {
      const index = indices[n]!
      const value = values[n]!
      for (let o = 0; o < outputs; o++)
        adagrad(w.direct, squares.direct, index * outputs + o, slope[o]! * value, options)
      for (let h = 0; h < hidden; h++) {
        if (inner[h] !== 0) adagrad(w.first, squares.first, index * hidden + h, inner[h]! * value, options)
      }
    }
  }
}

function adagrad(
  weights: Float32Array,
  squares: Float32Array,
  at: number,
  slope: number,
  options: StepOptions,
): void {
  const weight = weights[at]!
  const gradient = slope + options.l2 * weight
  const square = squares[at]! + gradient * gradient
  squares[at] = square
  weights[at] = weight - (options.rate * gradient) / Math.sqrt(square + FIRST_SQUARE)
}

function emptyLike(weights: NetworkWeights): NetworkWeights {
  return {
    shape: weights.shape,
    direct: new Float32Array(weights.direct.length),
    first: new Float32Array(weights.first.length),
    firstBias: new Float32Array(weights.firstBias.length),
    second: new Float32Array(weights.second.length),
    bias: new Float32Array(weights.bias.length),
  }
}

/** In place. The largest is subtracted first, so that nothing overflows. */
function softmax(values: Float64Array): Float64Array {
  let largest = -Infinity
  for (const value of values) if (value > largest) largest = value
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.exp(values[i]! - largest)
    sum += values[i]!
  }
  for (let i = 0; i < values.length; i++) values[i]! /= sum
  return values
}
