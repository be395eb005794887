/** What can go wrong between those who want something decided and the validators of their node. */
import { type ErrorDetails, NeuroplexError } from '../../protocols/errors.ts'

/** The system was started without the service, or none of its validators is running. */
export class ValidatorsMissingError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('VALIDATORS_MISSING', message, details)
  }
}

/** What was sent is not final within the time that it had; it may become so later. */
export class NotFinalError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_FINAL', message, { mayHaveRun: true, ...details })
  }
}

/** A transaction is in a final block, and its state machine has refused it. */
export class TransactionRefusedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('TRANSACTION_REFUSED', message, details)
  }
}

/** A transaction was executed once, and what its state machine answered is no longer known. */
export class AnswerGoneError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('ANSWER_GONE', message, { mayHaveRun: true, ...details })
  }
}

/** A topic or a value that can't be in the decision log. */
export class InvalidDecisionError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_DECISION', message, details)
  }
}

/** Decisions that old are no longer kept by this node. */
export class DecisionsPrunedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('DECISIONS_PRUNED', message, details)
  }
}

/** What shows it is no longer kept by this node. */
export class ProofGoneError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('PROOF_GONE', message, details)
  }
}

/** The data folder belongs to a chain that began otherwise. */
export class OtherChainError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('OTHER_CHAIN', message, details)
  }
}

/** A validator that was too far behind starts anew from a snapshot of the others. */
export class SnapshotTakenError extends NeuroplexError {
  constructor(height: number) {
    super(
      'SNAPSHOT_TAKEN',
      `the others no longer have the blocks that this validator lacks: it starts anew from their snapshot of height ${height}`,
    )
  }
}
