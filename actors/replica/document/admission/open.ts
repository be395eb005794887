/** The first look at a change: is it what was made, and is it small enough to be read? */
import { MalformedError, TooLargeError } from '../byte-reader.ts'
import { type ChangeHeader, readHeader } from '../change-header.ts'
import { DigestError, readChunks } from '../chunk.ts'
import { RefusedChangeError } from '../errors.ts'
import type { DocumentLimits } from '../limits.ts'

/** Reads what changes say of themselves. Throws RefusedChangeError. */
export function open(changes: readonly Uint8Array[], limits: DocumentLimits): ChangeHeader[] {
  const headers: ChangeHeader[] = []
  for (const bytes of changes) {
    if (bytes.length > limits.changeBytes)
      throw new RefusedChangeError('too-large', `a change has at most ${limits.changeBytes} bytes`)
    try {
      for (const chunk of readChunks(bytes, limits.changeBytes))
        headers.push(readHeader(chunk, limits.changeOperations))
    } catch (error) {
      throw refusal(error)
    }
  }
  return headers
}

function refusal(error: unknown): unknown {
  if (!(error instanceof MalformedError)) return error
  const reason =
    error instanceof DigestError ? 'digest' : error instanceof TooLargeError ? 'too-large' : 'malformed'
  return new RefusedChangeError(reason, `this is no change of a document: ${error.message}`, { cause: error })
}
