/**
 * Turns the raw bytes of one mail into a plain object that can be sent between actors.
 *
 * The bytes come from strangers. Whatever they are, `parseMail` resolves, or rejects with an
 * `UnreadableMailError`, within the limits of `limits.ts`: the cheap checks on the raw bytes come
 * first, so that the MIME parser only ever sees input whose cost is bounded.
 */
import PostalMime, { type Address, type Email, type Header } from 'postal-mime'
import { type UnreadableCode, UnreadableMailError } from './errors.ts'
import { htmlToText } from './html.ts'
import { MAIL_LIMITS } from './limits.ts'

/** One header line. A list keeps duplicates and order, and no name can reach a prototype. */
export interface MailHeader {
  /** In lower case. */
  readonly name: string
  /** Unfolded, otherwise as sent. */
  readonly value: string
}

/** A mail as plain data. */
export interface Mail {
  readonly subject: string
  readonly from: { readonly name: string; readonly address: string }
  readonly headers: readonly MailHeader[]
  /** What a reader sees: the plain part, or the HTML part's text where that says more. */
  readonly text: string
  /** The source of the HTML part, empty when there is none. */
  readonly html: string
  readonly attachments: readonly { readonly name: string; readonly type: string }[]
  /** Size of the raw mail. */
  readonly bytes: number
  /** True when only the beginning of the mail was parsed. */
  readonly truncated: boolean
}

/** A plain part below this many characters often only says that the mail is HTML. */
const MEAGRE_TEXT_CHARS = 200

const NEWLINE = 0x0a
const DASH = 0x2d
/** Share of control bytes beyond which the file is no mail but some binary; random bytes have a tenth. */
const CONTROL_SHARE = 0.05
/** Tab, line feed, form feed, carriage return, and the escape by which Japanese mail switches alphabets. */
const HARMLESS_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b])

const UTF8 = new TextDecoder('utf-8')

/**
 * Reads one mail.
 *
 * @param raw the bytes as they lie in the file; an mbox envelope line at the top is skipped
 * @throws UnreadableMailError, and nothing else
 */
export async function parseMail(raw: Uint8Array): Promise<Mail> {
  checkSize(raw)
  const end = checkLines(raw)
  const head = dropEnvelopeLine(raw.subarray(0, end))
  checkBinary(head)
  let email: Email
  try {
    email = await PostalMime.parse(head, {
      maxNestingDepth: MAIL_LIMITS.maxNestingDepth,
      maxHeadersSize: MAIL_LIMITS.maxHeaderBytes,
      maxRfc822NestingDepth: MAIL_LIMITS.maxForwardDepth,
    })
  } catch (cause) {
    throw unreadable(parserCode(cause), cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (email.headers.length === 0) throw unreadable('MAIL_NO_HEADERS', 'The file has no header line.')
  return toMail(email, raw.length, end < raw.length)
}

function unreadable(code: UnreadableCode, message: string, cause?: unknown): UnreadableMailError {
  return new UnreadableMailError(code, message, cause === undefined ? undefined : { cause })
}

/** The parser throws plain errors, whose wording is all that tells them apart. */
function parserCode(cause: unknown): UnreadableCode {
  const message = cause instanceof Error ? cause.message : ''
  if (message.includes('nesting depth')) return 'MAIL_TOO_DEEP'
  if (message.includes('header size')) return 'MAIL_HEADERS_TOO_LARGE'
  return 'MAIL_MALFORMED'
}

function checkSize(raw: Uint8Array): void {
  if (raw.length === 0) throw unreadable('MAIL_EMPTY', 'The file is empty.')
  const limit = MAIL_LIMITS.maxMailBytes
  if (raw.length > limit)
    throw unreadable('MAIL_TOO_LARGE', `The mail has ${raw.length} bytes, the limit is ${limit}.`)
}

/**
 * Walks over all lines once, which costs next to nothing beside parsing them.
 *
 * @returns how many bytes from the beginning are to be parsed
 */
function checkLines(raw: Uint8Array): number {
  let lines = 0
  let partLines = 0
  let end = Math.min(raw.length, MAIL_LIMITS.maxParsedBytes)
  for (let start = 0; start < raw.length; lines++) {
    const newline = raw.indexOf(NEWLINE, start)
    const next = newline === -1 ? raw.length : newline + 1
    if (next - start > MAIL_LIMITS.maxLineBytes) {
      throw unreadable('MAIL_LINE_TOO_LONG', `A line has more than ${MAIL_LIMITS.maxLineBytes} bytes.`)
    }
    if (lines === MAIL_LIMITS.maxParsedLines) end = Math.min(end, start)
    if (start < end && raw[start] === DASH && raw[start + 1] === DASH) partLines++
    start = next
  }
  if (partLines > MAIL_LIMITS.maxPartLines) {
    throw unreadable(
      'MAIL_TOO_MANY_PARTS',
      `${partLines} lines start like a part, the limit is ${MAIL_LIMITS.maxPartLines}.`,
    )
  }
  return end
}

function checkBinary(head: Uint8Array): void {
  let controls = 0
  for (const byte of head) if (byte < 0x20 && !HARMLESS_CONTROLS.has(byte)) controls++
  if (controls > head.length * CONTROL_SHARE) throw unreadable('MAIL_NOT_TEXT', 'The file is binary.')
}

/** Mail spools put `From sender date` before the headers; it is not part of the mail. */
function dropEnvelopeLine(raw: Uint8Array): Uint8Array {
  if (UTF8.decode(raw.subarray(0, 5)) !== 'From ') return raw
  const end = raw.indexOf(NEWLINE)
  return end === -1 ? raw : raw.subarray(end + 1)
}

function toMail(email: Email, bytes: number, truncated: boolean): Mail {
  const html = (email.html ?? '').slice(0, MAIL_LIMITS.maxHtmlChars)
  return {
    subject: (email.subject ?? '').slice(0, MAIL_LIMITS.maxHeaderChars),
    from: toSender(email.from),
    headers: email.headers.slice(0, MAIL_LIMITS.maxHeaders).map(toHeader),
    text: readableText(email.text ?? '', html),
    html,
    attachments: email.attachments.slice(0, MAIL_LIMITS.maxAttachments).map((part) => ({
      name: (part.filename ?? '').slice(0, MAIL_LIMITS.maxHeaderChars),
      type: part.mimeType.slice(0, MAIL_LIMITS.maxHeaderChars),
    })),
    bytes,
    truncated,
  }
}

function toHeader(header: Header): MailHeader {
  const value = header.value.slice(0, MAIL_LIMITS.maxHeaderChars)
  return { name: header.key.slice(0, MAIL_LIMITS.maxHeaderChars), value }
}

function toSender(from: Address | undefined): Mail['from'] {
  const cut = (text: string | undefined): string => (text ?? '').slice(0, MAIL_LIMITS.maxHeaderChars)
  return { name: cut(from?.name), address: cut(from?.address).toLowerCase() }
}

function readableText(plain: string, html: string): string {
  const text = plain.slice(0, MAIL_LIMITS.maxTextChars)
  if (html === '' || text.trim().length >= MEAGRE_TEXT_CHARS) return text
  return `${text}\n${htmlToText(html)}`.slice(0, MAIL_LIMITS.maxTextChars)
}
