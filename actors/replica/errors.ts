/** What can go wrong between a document's users, its replicas and its keeper. */
import { type ErrorDetails, NeuroplexError } from '../../protocols/errors.ts'

/** The system was started without the service, or its replica actor is down. */
export class ReplicasMissingError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('REPLICAS_MISSING', message, details)
  }
}

/** The document was closed here, or its replica failed; open it again. */
export class DocumentClosedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('DOCUMENT_CLOSED', message, details)
  }
}

/** An edit was applied here, but nothing tells that the keeper has stored it. */
export class NotKeptError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_KEPT', message, details)
  }
}

/** The documents that are in use fill the memory that a thread has for them. */
export class MemoryBudgetError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('MEMORY_BUDGET', message, details)
  }
}
