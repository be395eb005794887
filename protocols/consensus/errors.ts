/** The ways in which consensus refuses what it is given. */
import { NeuroplexError } from '../errors.ts'

/** Bytes are not the one canonical form of what they should be. */
export class MalformedBytesError extends NeuroplexError {
  constructor(what: string) {
    super('MALFORMED_BYTES', `the bytes are malformed: ${what}`)
  }
}

/** A genesis document makes no sense; the message names the field and says what it takes. */
export class InvalidGenesisError extends NeuroplexError {
  constructor(problem: string) {
    super('INVALID_GENESIS', `the genesis document is invalid: ${problem}`)
  }
}
