/** What can go wrong between replicas that are in different epochs. */
import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

/** An epoch that another replica tells of is none that a sound replica could have begun. */
export class ForeignEpochError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('FOREIGN_EPOCH', message, details)
  }
}
