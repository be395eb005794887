/**
 * The one interface behind which every model stands: a small network that learns in process, an
 * encoder, a language model on a server.
 *
 * A model is a plain class that is made from plain data, so that the pool for inference can make its
 * own copy on the thread where it runs. It knows nothing of actors.
 */

/**
 * A model that turns inputs into outputs, several at a time.
 *
 * @example const [vector] = await new SentenceEncoder().infer(['good morning'], AbortSignal.timeout(1000))
 */
export interface Model<Input, Output> {
  /** Loads what is slow to load. Called at most once before the first `infer`; may be left to it. */
  load?(): Promise<void>
  /**
   * Gives one output per input, in the same order.
   *
   * @param signal when it aborts, the call rejects with its reason as soon as the model can stop
   */
  infer(inputs: readonly Input[], signal: AbortSignal): Output[] | Promise<Output[]>
  /** Frees what the model holds. It is not used afterwards. */
  close?(): void | Promise<void>
}

/** An input together with the answer that the model should have given. */
export interface Example<Input, Label> {
  readonly input: Input
  readonly label: Label
}

/** What a run of learning did. */
export interface LearningReport {
  readonly examples: number
  readonly epochs: number
  /** Mean cross-entropy over the last epoch, in nats. */
  readonly loss: number
}

/**
 * A model that learns. Its weights are structured-cloneable, so that one thread can learn and another
 * infer: `other.import(model.export())` makes `other` give the same outputs.
 */
export interface TrainableModel<Input, Output, Label, Weights> extends Model<Input, Output> {
  /** Forgets what it knew and learns from the examples. The same examples and options give the same model. */
  learn(examples: readonly Example<Input, Label>[], signal: AbortSignal): Promise<LearningReport>
  /** @throws ModelUntrainedError when there is nothing to export */
  export(): Weights
  /** @throws ModelUnavailableError when the weights are not of this model's shape */
  import(weights: Weights): void
}

/** How likely each class is, in the order of the model's class names; the sum is 1. */
export interface Classification {
  /** The most likely class. */
  readonly label: string
  readonly probabilities: readonly number[]
}
