/** What can go wrong with the versions of a document. */
import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

/** A version that this replica does not have: it is none of this document's, or has not arrived yet. */
export class UnknownVersionError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('UNKNOWN_VERSION', message, details)
  }
}
