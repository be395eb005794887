/**
 * The three members of the committee: what each looks at, and the small network with which it learns.
 *
 * The words and the headers member learn from features, the meaning member from the vector that a
 * sentence encoder gives for `meaningText(mail)`.
 */
import type { Classification, TrainableModel } from '../../actors/agent/model.ts'
import type { ClassifierWeights } from '../../actors/agent/models/classifier.ts'
import { SENTENCE_DIMENSIONS } from '../../actors/agent/models/sentence-encoder.ts'
import { TextClassifier, type TextInput } from '../../actors/agent/models/text-classifier.ts'
import { VectorClassifier } from '../../actors/agent/models/vector-classifier.ts'

/** A model that tells spam from ham. */
export type SpamModel<Input> = TrainableModel<Input, Classification, string, ClassifierWeights>

/** The order is that of the report. */
export const MEMBERS = ['words', 'headers', 'meaning'] as const
export type Member = (typeof MEMBERS)[number]

/** In the order of the probabilities that the models give. */
export const CLASSES = ['ham', 'spam'] as const

/** What the meaning member does, whose encoder takes some thirty milliseconds for a mail. */
export interface MeaningPlan {
  /** Letters of the learning half that it learns from. */
  readonly learnFrom: number
  /** It is asked where the other two together have log-odds nearer to zero than this. */
  readonly unsureWithin: number
  /** It is also asked about every so manieth letter, so that its own accuracy can be told fairly. */
  readonly spotCheckEvery: number
}

/**
 * Some 650 texts to encode: 400 to learn from, about 90 of doubt, 150 to check. Having it learn and judge
 * every letter instead takes nine times as long and gains the committee 0.1 points at most.
 */
export const BRIEF_MEANING: MeaningPlan = { learnFrom: 400, unsureWithin: 3, spotCheckEvery: 20 }

/** Every letter of both halves. */
export const WHOLE_MEANING: MeaningPlan = { learnFrom: Infinity, unsureWithin: Infinity, spotCheckEvery: 1 }

/** Folds of the rehearsal in which the committee learns how far to trust each member. */
export const REHEARSAL_FOLDS = 3

/** Sizes of the hashed vectors: words are many, headers less so. */
export const WORDS_BUCKETS = 2 ** 17
export const HEADERS_BUCKETS = 2 ** 16

/** The words are the most and the most telling; the first passes over them teach nearly everything. */
export function wordsModel(seed: number): SpamModel<TextInput> {
  return new TextClassifier({ classes: CLASSES, seed, buckets: WORDS_BUCKETS, hidden: 8, epochs: 5 })
}

export function headersModel(seed: number): SpamModel<TextInput> {
  return new TextClassifier({ classes: CLASSES, seed, buckets: HEADERS_BUCKETS, hidden: 8, epochs: 8 })
}

export function meaningModel(seed: number): SpamModel<Float32Array> {
  return new VectorClassifier({
    classes: CLASSES,
    seed,
    dimensions: SENTENCE_DIMENSIONS,
    hidden: 8,
    epochs: 12,
    rate: 0.1,
  })
}

/** The label that a model learns for a letter. */
export function labelOf(spam: boolean): string {
  return CLASSES[Number(spam)]!
}
