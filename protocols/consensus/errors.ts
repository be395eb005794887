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

/** A snapshot is not what its manifest tells; nothing of it may be used. */
export class SnapshotRefusedError extends NeuroplexError {
  constructor(height: number, problem: string) {
    super(
      'SNAPSHOT_REFUSED',
      `the snapshot of height ${height} is refused: ${problem}; take one from another peer`,
    )
  }
}

/** What validators with more than a third of the stake offer can't be taken over here, so the fault is not theirs. */
export class OtherMachinesError extends NeuroplexError {
  constructor(problem: string) {
    super(
      'OTHER_MACHINES',
      `the snapshots of the other validators can't be taken over here: ${problem}. Give this validator the same state machines, in the same version, as the others have`,
    )
  }
}

/** A proof does not show what it claims. */
export class InvalidProofError extends NeuroplexError {
  constructor(problem: string) {
    super('INVALID_PROOF', `the proof shows nothing: ${problem}`)
  }
}
