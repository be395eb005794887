/** What can be wrong with a key on disk. None of them ever holds a secret. */
import { NeuroplexError } from '../../../protocols/errors.ts'

export class WrongPassphraseError extends NeuroplexError {
  constructor(path: string) {
    super(
      'WRONG_PASSPHRASE',
      `the key in ${path} does not open: give the passphrase or the key file that it was made with`,
      { target: path },
    )
  }
}

export class InvalidKeyFileError extends NeuroplexError {
  constructor(path: string, problem: string) {
    super('INVALID_KEY_FILE', `${path} is no key file: ${problem}; take it from a copy`, { target: path })
  }
}

export class KeyExistsError extends NeuroplexError {
  constructor(path: string) {
    super('KEY_EXISTS', `there is a file ${path} already: choose another name, a key is never overwritten`, {
      target: path,
    })
  }
}

/** Others than its owner may read the file. */
export class ExposedKeyError extends NeuroplexError {
  constructor(path: string) {
    super('EXPOSED_KEY', `others may read ${path}: take that away with chmod 600`, { target: path })
  }
}
