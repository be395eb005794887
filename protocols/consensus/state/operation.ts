/** Reads the payload of a transaction, which a stranger wrote, as an operation of a machine. */
import { type ByteReader, decode } from '../codec/bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import { type Outcome, refused } from './machine.ts'

/** Runs the operation, or says why the bytes are none. */
export function withOperation<O>(
  payload: Uint8Array,
  read: (reader: ByteReader) => O,
  run: (operation: O) => Outcome,
): Outcome {
  let operation: O
  try {
    operation = decode(payload, read)
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error
    return refused(error.message)
  }
  return run(operation)
}

/** The kind of an operation is a number in its bytes: its place in `kinds`. */
export function readKind<K extends string>(reader: ByteReader, kinds: readonly K[]): K {
  const kind = kinds[reader.varint()]
  if (kind === undefined) throw new MalformedBytesError('an unknown kind of operation')
  return kind
}
