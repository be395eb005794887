import { Actor } from '../../../runtime/index.ts'
import { type Mail, parseMail } from '../mail/parse.ts'

/**
 * Turns raw letters into mail. Letters come from strangers, so this is the actor that may be driven into
 * a crash or an endless loop; it keeps nothing, and another instance goes on where it fell.
 */
export class Parser extends Actor {
  /** Rejects with UnreadableMailError, a refusal, where the bytes are no mail within the limits. */
  parse(raw: Uint8Array): Promise<Mail> {
    return parseMail(raw)
  }
}
