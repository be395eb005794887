/**
 * The members' models as `Inference` actors load them: classes that are made from plain options on the
 * thread where they run. Each rehearses before it learns, so that the committee can find out how far to
 * trust it without a look at what will be judged.
 */
import type { Classification, Example, LearningReport } from '../../../actors/agent/model.ts'
import type { ClassifierWeights } from '../../../actors/agent/models/classifier.ts'
import type { TextInput } from '../../../actors/agent/models/text-classifier.ts'
import { headersModel, meaningModel, REHEARSAL_FOLDS, type SpamModel, wordsModel } from '../members.ts'
import { rehearse } from '../rehearse.ts'

export { SentenceEncoder } from '../../../actors/agent/models/sentence-encoder.ts'

/** What a member's model reports of its learning. */
export interface Rehearsal extends LearningReport {
  /** Log-odds for spam, one per example, each from a model that had not learnt from that example. */
  readonly opinions: readonly number[]
}

class Rehearsed<Input> implements SpamModel<Input> {
  readonly #make: () => SpamModel<Input>
  readonly #model: SpamModel<Input>

  constructor(make: () => SpamModel<Input>) {
    this.#make = make
    this.#model = make()
  }

  async learn(examples: readonly Example<Input, string>[], signal: AbortSignal): Promise<Rehearsal> {
    const opinions = await rehearse(this.#make, examples, REHEARSAL_FOLDS, signal)
    return { ...(await this.#model.learn(examples, signal)), opinions }
  }

  infer(inputs: readonly Input[], signal: AbortSignal): Classification[] | Promise<Classification[]> {
    return this.#model.infer(inputs, signal)
  }

  export(): ClassifierWeights {
    return this.#model.export()
  }

  import(weights: ClassifierWeights): void {
    this.#model.import(weights)
  }
}

/** Where first weights and the order of lessons come from. */
interface Seeded {
  readonly seed: number
}

export class WordsModel extends Rehearsed<TextInput> {
  constructor({ seed }: Seeded) {
    super(() => wordsModel(seed))
  }
}

export class HeadersModel extends Rehearsed<TextInput> {
  constructor({ seed }: Seeded) {
    super(() => headersModel(seed))
  }
}

export class MeaningModel extends Rehearsed<Float32Array> {
  constructor({ seed }: Seeded) {
    super(() => meaningModel(seed))
  }
}
