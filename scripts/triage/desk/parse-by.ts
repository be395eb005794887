/** One letter and one parser: what comes of them. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Mail } from '../mail/parse.ts'
import type { Parser } from '../team/parser.ts'

export type Parsed =
  | { readonly kind: 'mail'; readonly mail: Mail }
  /** It is no mail within the limits. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'fell'; readonly reason: string }

/** The parser gives up a letter by itself, and may have another before this one. */
const PARSE_MS = 15_000

/** Does not reject. */
export async function parseBy(parser: ActorRef<Parser>, raw: Uint8Array): Promise<Parsed> {
  try {
    return { kind: 'mail', mail: await parser.within(PARSE_MS).ask.parse(raw) }
  } catch (error) {
    const { code, message, name } = error as Error & { code?: string }
    if (code?.startsWith('MAIL_')) return { kind: 'refused', reason: `${code}: ${message}` }
    if (code === 'THREAD_LOST') return { kind: 'fell', reason: 'its parser blocked its thread, or ended it' }
    return { kind: 'fell', reason: `its parser failed: ${name}: ${message}` }
  }
}
