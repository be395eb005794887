import { type ErrorDetails, NeuroplexError, Refused } from '../../../protocols/errors.ts'

/** Why a mail could not be read. The codes are stable; tables and tests rely on them. */
export type UnreadableCode =
  | 'MAIL_EMPTY'
  | 'MAIL_TOO_LARGE'
  | 'MAIL_LINE_TOO_LONG'
  | 'MAIL_NOT_TEXT'
  | 'MAIL_NO_HEADERS'
  | 'MAIL_HEADERS_TOO_LARGE'
  | 'MAIL_TOO_DEEP'
  | 'MAIL_TOO_MANY_PARTS'
  | 'MAIL_MALFORMED'

/**
 * The bytes are not a mail that can be read within the limits. Reading them again gives the same
 * result, so the mail is refused and not tried again; the actor that read it is none the worse.
 */
export class UnreadableMailError extends Refused {
  override readonly code: UnreadableCode

  constructor(code: UnreadableCode, message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}

/** The folder of the user holds no mail, or cannot be listed. */
export class NoMailError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NO_MAIL', message, details)
  }
}

/** A parser waits for what does not come. */
export class ParserStuckError extends NeuroplexError {
  constructor(ms: number) {
    super('PARSER_STUCK', `The letter was not parsed within ${ms} ms.`)
  }
}
