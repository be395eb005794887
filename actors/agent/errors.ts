import { type ErrorDetails, NeuroplexError, Refused } from '../../protocols/errors.ts'

/**
 * A model cannot be used at all: its package is not installed, its weights do not fit, or it was closed.
 * Asking again does not help until somebody acts on the message.
 */
export class ModelUnavailableError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MODEL_UNAVAILABLE', message, details)
  }
}

/** A model was asked and broke, or its server answered with an error. */
export class ModelFailedError extends NeuroplexError {
  /** The HTTP status of the server's answer, where one came. */
  readonly status?: number

  constructor(message: string, details?: ErrorDetails & { status?: number }) {
    super('MODEL_FAILED', message, details)
    if (details?.status !== undefined) this.status = details.status
  }
}

/** A model answered, but not in the form that it was asked for. */
export class ModelAnswerError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MODEL_ANSWER', message, details)
  }
}

/** A model did not answer within its own time limit. */
export class ModelTimeoutError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MODEL_TIMEOUT', message, details)
  }
}

/** A trainable model was asked before it had learnt anything or been given weights. */
export class ModelUntrainedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MODEL_UNTRAINED', message, details)
  }
}

/**
 * A request to a model that another actor hosts came to nothing. The caller's own actor lives on, as with
 * every `Refused`: that a model is away or failed is no fault of whoever asks it.
 *
 * The `code` is that of what happened: MODEL_FAILED, MODEL_UNTRAINED and the other codes of models; REFUSED
 * where too many requests wait; ASK_TIMEOUT, THREAD_LOST, ACTOR_GONE, MAILBOX_FULL where none was reached.
 */
export class InferenceError extends Refused {
  override readonly code: string

  constructor(code: string, message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}
