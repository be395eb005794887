/** Genesis documents as files, and what they say of the validators. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { crypto } from '../../../actors/validator/crypto.ts'
import { readPublicKey } from '../../../actors/validator/keys/key-file.ts'
import { weaknessOf } from '../../../actors/validator/tolerance.ts'
import {
  createGenesis,
  type Genesis,
  type GenesisValidator,
  hashGenesis,
} from '../../../protocols/consensus/genesis.ts'
import { toleratedStake } from '../../../protocols/consensus/quorum.ts'
import { FileExistsError, UsageError } from '../errors.ts'

const DEFAULT_STAKE = 100
/** Thousands of validators fit in. */
const MAX_GENESIS_BYTES = 4 * 1024 * 1024

export interface GenesisSummary {
  readonly chain: string
  readonly chainId: string
  readonly validators: readonly GenesisValidator[]
  readonly totalStake: number
  /** The most stake that may be faulty. */
  readonly toleratedStake: number
  /** What whoever starts such a chain should know. */
  readonly warning: string | undefined
}

/** Throws UsageError, or InvalidGenesisError that names the field. */
export function readGenesis(path: string): Genesis {
  return createGenesis(parse(path))
}

/** Throws FileExistsError: no file is overwritten. */
export function writeGenesis(path: string, genesis: Genesis): void {
  try {
    writeFileSync(path, `${JSON.stringify(genesis, undefined, 2)}\n`, { flag: 'wx', flush: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new FileExistsError(path)
    throw cause
  }
}

/** Reads `<id>=<key file or public key>[:stake]`. */
export async function readMember(text: string): Promise<GenesisValidator> {
  const { id, source, stake } = /^(?<id>[^=]+)=(?<source>.+?)(:(?<stake>\d+))?$/.exec(text)?.groups ?? {}
  if (id === undefined || source === undefined)
    throw new UsageError(
      `"${text}" is no validator: give <id>=<key file or public key>[:stake], for instance v1=v1.key:100`,
    )
  const isKey = /^[0-9a-f]{64}$/.test(source)
  const public_key = isKey ? source : await readPublicKey(source)
  return { id, public_key, stake: stake === undefined ? DEFAULT_STAKE : Number(stake) }
}

export function summaryOf(genesis: Genesis): GenesisSummary {
  const { chain, validators, validator_set_size } = genesis
  // Only those with the most stake vote at a time; the others are on standby.
  const voting = validators.toSorted((a, b) => b.stake - a.stake).slice(0, validator_set_size)
  const totalStake = voting.reduce((sum, { stake }) => sum + stake, 0)
  return {
    ...{ chain, chainId: hashGenesis(genesis, crypto), validators, totalStake },
    toleratedStake: toleratedStake(totalStake),
    warning: weaknessOf(voting),
  }
}

function parse(path: string): unknown {
  let text: string
  try {
    if (statSync(path).size > MAX_GENESIS_BYTES)
      throw new UsageError(`${path} is too large for a genesis document`)
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`the genesis document can't be read: ${(cause as Error).message}`, cause)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`the genesis document ${path} is no JSON: ${(cause as Error).message}`, cause)
  }
}
