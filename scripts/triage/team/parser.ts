import { Actor } from '../../../runtime/index.ts'
import { ParserStuckError } from '../mail/errors.ts'
import { type Mail, parseMail } from '../mail/parse.ts'

/** A letter is parsed in milliseconds, the worst within a second; the rest is for a busy machine. */
const PARSE_MS = 5_000

/**
 * Turns raw letters into mail. Letters come from strangers, so this is the actor that may be driven into
 * a crash or an endless loop; it keeps nothing, and another instance goes on where it fell.
 */
export class Parser extends Actor {
  /**
   * Rejects with UnreadableMailError, a refusal, where the bytes are no mail within the limits. A letter that
   * is waited for too long fails the parser, lest it keep the next ones waiting as well.
   */
  async parse(raw: Uint8Array): Promise<Mail> {
    const { promise: stuck, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new ParserStuckError(PARSE_MS)), PARSE_MS)
    try {
      return await Promise.race([this.read(raw), stuck])
    } finally {
      clearTimeout(timer)
    }
  }

  protected read(raw: Uint8Array): Promise<Mail> {
    return parseMail(raw)
  }
}
