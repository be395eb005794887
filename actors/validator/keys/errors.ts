/** What can be wrong with a key on disk. None of these says anything of what is secret. */
import { type ErrorDetails, NeuroplexError } from '../../../protocols/errors.ts'

/** What was given does not open the file, or the file was changed: the two can't be told apart. */
export class WrongPassphraseError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('WRONG_PASSPHRASE', message, details)
  }
}

/** The file is protected by something that was not given. */
export class KeyProtectedError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('KEY_PROTECTED', message, details)
  }
}

/** The file is not as it was written, or of a version that is not known here. */
export class KeyFileInvalidError extends NeuroplexError {
  constructor(path: string, problem: string, details?: ErrorDetails) {
    super('KEY_FILE_INVALID', `${path} is not a key file: ${problem}; take it from a backup`, {
      target: path,
      ...details,
    })
  }
}

/** There is a file already; keys are never overwritten. */
export class KeyExistsError extends NeuroplexError {
  constructor(path: string, details?: ErrorDetails) {
    super(
      'KEY_EXISTS',
      `${path} is there already, and a key is never overwritten: give the name of a new file`,
      { target: path, ...details },
    )
  }
}

/** Others than its owner may read or write the file. */
export class KeyExposedError extends NeuroplexError {
  constructor(path: string, mode: number) {
    const octal = (mode & 0o777).toString(8).padStart(3, '0')
    super(
      'KEY_EXPOSED',
      `${path} is open to others (mode ${octal}): run \`chmod 600 ${path}\`, and replace the key if anybody may have read it`,
      { target: path },
    )
  }
}

/** The operating system does not let the file be read or written. */
export class KeyUnreachableError extends NeuroplexError {
  constructor(path: string, doing: 'read' | 'written', cause: unknown) {
    super('KEY_UNREACHABLE', `${path} can't be ${doing}: ${(cause as Error).message}`, {
      target: path,
      cause,
    })
  }
}
