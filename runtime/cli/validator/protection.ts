/** What opens a key: a file key, or a passphrase from a file, the environment or the terminal. */
import { readFileSync } from 'node:fs'
import { ensureFileKey } from '../../../actors/validator/keys/file-key.ts'
import type { KeyFileInfo, Protection } from '../../../actors/validator/keys/key-file.ts'
import { UsageError } from '../errors.ts'
import { askSecrets } from './prompt.ts'

export interface ProtectionOptions {
  passphraseFile?: string
  keyFile?: string
}

/** Whoever has a copy of the file may try as many as he likes. */
const MIN_CHARACTERS = 12
const VARIABLE = 'NEUROPLEX_PASSPHRASE'
const WAYS = `\`--passphrase-file <file>\`, \`--key-file <file>\`, or the variable ${VARIABLE}`

/** For a new key: a file key is made where it is not there, and what is typed is asked for twice. */
export async function newProtection(options: ProtectionOptions): Promise<Protection> {
  checkOne(options)
  if (options.keyFile !== undefined) {
    await ensureFileKey(options.keyFile)
    return { keyFile: options.keyFile }
  }
  const passphrase = given(options) ?? (await typedTwice())
  if (passphrase.length < MIN_CHARACTERS)
    throw new UsageError(`the passphrase has to have at least ${MIN_CHARACTERS} characters`)
  return { passphrase }
}

/** For a key that is there. */
export async function knownProtection(
  options: ProtectionOptions,
  protection: KeyFileInfo['protection'],
): Promise<Protection> {
  checkOne(options)
  if (options.keyFile !== undefined) return { keyFile: options.keyFile }
  if (protection === 'file key')
    throw new UsageError('this key is opened by a file key: give it with `--key-file <file>`')
  const [typed] = given(options) === undefined ? await ask(['Passphrase']) : []
  return { passphrase: given(options) ?? typed! }
}

function checkOne({ keyFile, passphraseFile }: ProtectionOptions): void {
  if (keyFile !== undefined && passphraseFile !== undefined)
    throw new UsageError('give `--passphrase-file` or `--key-file`, not both')
}

function given({ passphraseFile }: ProtectionOptions): string | undefined {
  if (passphraseFile === undefined) return process.env[VARIABLE]
  try {
    // Editors end a file with a line break, which nobody means as a part of it.
    return readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new UsageError(`the passphrase file can't be read: ${(cause as Error).message}`, cause)
  }
}

async function typedTwice(): Promise<string> {
  const [first, second] = await ask(['New passphrase', 'The same again'])
  if (first !== second) throw new UsageError('the two passphrases differ: try again')
  return first!
}

function ask(questions: readonly string[]): Promise<string[]> {
  if (process.stdin.isTTY) return askSecrets(questions)
  throw new UsageError(`there is no terminal to ask for the passphrase: give ${WAYS}`)
}
