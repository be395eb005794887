/**
 * The genesis and the keys of the validators that run here: those that are given, or else a chain of this node's own,
 * made at its first start and kept in its data folder.
 *
 *   <dataDir>/validators/genesis.json    what the chain began with
 *   <dataDir>/validators/keys/           the keys of a chain of this node's own
 *   <dataDir>/validators/votes/          the vote log
 *   <dataDir>/validators/<id>/           what one validator keeps
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenesis, type Genesis, hashGenesis } from '../../protocols/consensus/genesis.ts'
import { InvalidOptionError } from '../../runtime/index.ts'
import { crypto, type KeyPair, keyPairOf, SEED_BYTES } from './crypto.ts'
import { OtherChainError } from './errors.ts'
import { loadKey, type Protection } from './keys/key-file.ts'
import { localKeys } from './keys/local-keys.ts'

/** The fields of a genesis document that a chain of this node's own may have otherwise than by default. */
export type LocalGenesis = Partial<Omit<Genesis, 'validators' | 'genesis_time'>>

export interface LocalValidator {
  readonly id: string
  readonly keys: KeyPair
}

export interface LocalChain {
  readonly genesis: Genesis
  readonly validators: readonly LocalValidator[]
}

export interface ChainSettings {
  /** The path of a genesis document, or what is to be otherwise in one of this node's own. */
  readonly genesis: string | LocalGenesis
  /** Files with the keys of the validators that run here, for a genesis document that is given. */
  readonly keys: readonly string[]
  readonly protection: Protection | undefined
  /** How many validators a chain of this node's own has. */
  readonly count: number
  readonly storage: 'embedded' | 'volatile'
  readonly folder: string
}

/** Each of them has as much as the others. */
const STAKE = 100

export function chainOf(settings: ChainSettings): Promise<LocalChain> {
  return typeof settings.genesis === 'string' ? givenChain(settings, settings.genesis) : ownChain(settings)
}

async function givenChain(
  { keys, protection, folder, storage }: ChainSettings,
  path: string,
): Promise<LocalChain> {
  const genesis = createGenesis(readDocument(path))
  if (storage === 'embedded') checkSame(folder, genesis)
  const validators: LocalValidator[] = []
  for (const file of keys) {
    const pair = await loadKey({ path: file, protection })
    const found = genesis.validators.find(({ public_key }) => public_key === pair.publicKey)
    if (found === undefined)
      throw new InvalidOptionError(
        `the key of ${file} is of no validator in ${path}: it is ${pair.publicKey}`,
      )
    validators.push({ id: found.id, keys: pair })
  }
  if (validators.length === 0)
    throw new InvalidOptionError(
      `a genesis document was given but no key: set keys to the key files of the validators that run here`,
    )
  if (storage === 'volatile' && validators.length < genesis.validators.length)
    throw new InvalidOptionError(
      'validators that forget their votes may sign twice: with storage "volatile" all validators of the genesis have to run here',
    )
  return { genesis, validators }
}

async function ownChain({ genesis: fields, count, folder, storage }: ChainSettings): Promise<LocalChain> {
  const given = fields as LocalGenesis
  const path = join(folder, 'genesis.json')
  const isNew = storage === 'volatile' || !existsSync(path)
  const names = isNew
    ? Array.from({ length: count }, (_, i) => `validator-${i + 1}`)
    : createGenesis(readDocument(path)).validators.map(({ id }) => id)
  const pairs =
    storage === 'volatile'
      ? names.map(() => keyPairOf(randomBytes(SEED_BYTES)))
      : await localKeys(join(folder, 'keys'), names)
  const validators = names.map((id, i) => ({ id, keys: pairs[i]! }))
  const members = validators.map(({ id, keys }) => ({ id, public_key: keys.publicKey, stake: STAKE }))
  const document = { chain: 'local', ...given, validators: members }
  if (isNew) {
    const genesis = createGenesis({ ...document, genesis_time: Date.now() })
    if (storage === 'embedded') write(folder, genesis)
    return { genesis, validators }
  }
  const stored = createGenesis(readDocument(path))
  const wanted = createGenesis({ ...document, genesis_time: stored.genesis_time })
  if (hashGenesis(wanted, crypto) !== hashGenesis(stored, crypto) || stored.validators.length !== count)
    throw otherChain(folder)
  return { genesis: stored, validators }
}

function checkSame(folder: string, genesis: Genesis): void {
  const path = join(folder, 'genesis.json')
  if (!existsSync(path)) return write(folder, genesis)
  const stored = createGenesis(readDocument(path))
  if (hashGenesis(stored, crypto) !== hashGenesis(genesis, crypto)) throw otherChain(folder)
}

function otherChain(folder: string): OtherChainError {
  return new OtherChainError(
    `the chain in ${folder} began with another genesis: give the same options as then, or another dataDir`,
    { target: folder },
  )
}

function readDocument(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InvalidOptionError(`the genesis document ${path} can't be read: ${(cause as Error).message}`, {
      cause,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidOptionError(`the genesis document ${path} is no JSON: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function write(folder: string, genesis: Genesis): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'genesis.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(genesis, undefined, 2)}\n`, { flush: true })
  renameSync(`${path}.new`, path)
}
