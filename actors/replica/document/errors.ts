/** What can go wrong with one replica of a document. */
import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

/** A value that can't be part of a document; the message names where it was to be put. */
export class InvalidValueError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_VALUE', message, details)
  }
}

/** An edit would make a document, or what is to be committed of it, larger than its limits allow. */
export class DocumentLimitError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('DOCUMENT_LIMIT', message, details)
  }
}

/** Something was written outside of an edit: into a view, or into a draft whose edit is over. */
export class ReadOnlyError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('READ_ONLY', message, details)
  }
}

/** Stored bytes of a document are not what was written, or some of them are missing. */
export class DocumentDamagedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('DOCUMENT_DAMAGED', message, details)
  }
}

/** Why a change from elsewhere was refused. */
export type RefusalReason =
  | 'malformed'
  | 'digest'
  | 'too-large'
  | 'too-deep'
  | 'sequence'
  | 'other-genesis'
  | 'start-op'
  | 'operation'
  | 'key'
  | 'value'
  | 'unknown-object'
  | 'predecessor'
  | 'engine'

/** A change from another replica is not one that a sound replica could have made; nothing was applied. */
export class RefusedChangeError extends NeuroplexError {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, details?: ErrorDetails) {
    super('CHANGE_REFUSED', message, details)
    this.reason = reason
  }
}

/** The engine of this thread has broken down; all its documents are lost and the thread has to end. */
export class EngineLostError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('ENGINE_LOST', message, details)
  }
}

/** What has been edited has to be committed first, so that changes are applied to what others have as well. */
export class EditsPendingError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('EDITS_PENDING', message, details)
  }
}
