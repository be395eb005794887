/**
 * The public face of `neuroplex/agents`, name by name: actors that perceive, think and act, the models
 * that they ask, and the actors that host those models.
 */
export { Agent, type Round } from './agent.ts'
export {
  InferenceError,
  ModelAnswerError,
  ModelFailedError,
  ModelTimeoutError,
  ModelUnavailableError,
  ModelUntrainedError,
} from './errors.ts'
export { type InferOptions, infer, learn, modelOf, type RemoteModelOptions } from './infer.ts'
export { Inference, type RequestOptions } from './inference.ts'
export type { InferenceOptions } from './inference-options.ts'
export type { InferenceStats } from './inference-stats.ts'
export type { Classification, Example, LearningReport, Model, TrainableModel } from './model.ts'
export {
  type ChatAnswer,
  type ChatInput,
  type ChatMessage,
  ChatModel,
  type ChatModelOptions,
} from './models/chat.ts'
export type { JsonSchema, ObjectSchema } from './models/chat-sdk.ts'
export { Classifier, type ClassifierOptions, type ClassifierWeights } from './models/classifier.ts'
export { hashFeatures } from './models/features.ts'
export type { NetworkShape, NetworkWeights, SparseVector } from './models/network.ts'
export {
  SENTENCE_DIMENSIONS,
  SentenceEncoder,
  type SentenceEncoderOptions,
} from './models/sentence-encoder.ts'
export {
  TextClassifier,
  type TextClassifierOptions,
  type TextInput,
  wordsAndPairs,
} from './models/text-classifier.ts'
export { VectorClassifier, type VectorClassifierOptions } from './models/vector-classifier.ts'
export type { AgentStats, Step } from './round-stats.ts'
