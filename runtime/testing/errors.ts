import { NeuroplexError } from '../../protocols/errors.ts'

/** Actors of a test system kept each other busy, so that it did not come to rest. */
export class RestlessError extends NeuroplexError {
  constructor(message: string) {
    super('RESTLESS', message)
  }
}

/** A test waited for something that can't happen any more. */
export class NothingComesError extends NeuroplexError {
  constructor(message: string) {
    super('NOTHING_COMES', message)
  }
}
