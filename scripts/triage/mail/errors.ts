import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

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
 * result, so the mail is to be set aside and not tried again.
 */
export class UnreadableMailError extends NeuroplexError {
  declare readonly code: UnreadableCode

  constructor(code: UnreadableCode, message: string, details?: ErrorDetails) {
    super(code, message, details)
  }
}

/** The folder of the user holds no mail, or cannot be listed. */
export class NoMailError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('NO_MAIL', message, details)
  }
}
