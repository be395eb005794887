/** What can go wrong when a conflict is to be settled. The conflict is still there afterwards. */
import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

/** A resolver gave two different answers to the same question, so that replicas would disagree for ever. */
export class ImpureResolverError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('IMPURE_RESOLVER', message, details)
  }
}

/** A resolver threw, or what it gave can't be in a document. */
export class ResolverFailedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('RESOLVER_FAILED', message, details)
  }
}

/** A decision is about a conflict that is not there, or not in this form: somebody has written or decided meanwhile. */
export class ConflictGoneError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONFLICT_GONE', message, details)
  }
}
