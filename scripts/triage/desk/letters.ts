import type { ActorRef } from '../../../runtime/index.ts'
import type { Letter } from '../mail/source.ts'
import type { Reader, Taken } from '../team/reader.ts'

/** Times that a stream may break off without a single letter in between. */
const MAX_BREAKS = 5

/** Something with a file that a letter lies in. */
type InFile = Pick<Letter, 'file'>

export interface ReadLetter<L extends InFile> {
  readonly letter: L
  /** Its place among those that are read. */
  readonly index: number
  readonly taken: Taken
}

/**
 * Streams letters from the reader, as fast as they are taken. When the reader or its thread is lost, the
 * stream goes on where it broke off.
 */
export async function* lettersFrom<L extends InFile>(
  reader: ActorRef<Reader>,
  letters: readonly L[],
): AsyncGenerator<ReadLetter<L>> {
  let next = 0
  let breaks = 0
  while (next < letters.length) {
    const rest = letters.slice(next).map(({ file }) => ({ file }))
    try {
      for await (const taken of reader.stream.read(rest)) {
        breaks = 0
        const index = next++
        yield { letter: letters[index]!, index, taken }
      }
    } catch (error) {
      if (++breaks > MAX_BREAKS) throw error
    }
  }
}
