/** A chain for tests of what stands beside the votes: keys, envelopes, and blocks that follow each other. */
import { generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto'
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import { createGenesis, type Genesis, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { Ledger, type LedgerOptions } from '../../../protocols/consensus/ledger/ledger.ts'
import type { ProofCrypto } from '../../../protocols/consensus/light-client.ts'
import {
  type Block,
  type BlockBody,
  type BlockHeader,
  type Envelope,
  type Evidence,
  NO_HASH,
  type PublicKey,
  type Transaction,
} from '../../../protocols/consensus/types.ts'

const PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export const crypto: ProofCrypto = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  verify: ({ key, bytes, signature }) =>
    verify(
      null,
      bytes,
      { key: Buffer.concat([PREFIX, Buffer.from(key, 'hex')]), format: 'der', type: 'spki' },
      signature,
    ),
}

export interface Key {
  readonly publicKey: PublicKey
  readonly secret: KeyObject
}

export function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(PREFIX.length)
  return { publicKey: raw.toString('hex'), secret: privateKey }
}

/** In the order of bitmaps. */
export const KEYS: readonly Key[] = Array.from({ length: 4 }, newKey).sort((a, b) =>
  a.publicKey < b.publicKey ? -1 : 1,
)
export const SENDERS: readonly PublicKey[] = KEYS.map(({ publicKey }) => publicKey)

export function genesisOf(changes: Partial<Genesis> = {}): Genesis {
  return createGenesis({
    chain: 'test',
    genesis_time: 1_000,
    validators: SENDERS.map((public_key, i) => ({ id: `v${i}`, public_key, stake: 100 })),
    ...changes,
  })
}

export const ledgerOf = (options: Partial<LedgerOptions> = {}) =>
  new Ledger({ genesis: genesisOf(), crypto, ...options })

export function signed(
  { publicKey, secret }: Key,
  content: Omit<Envelope, 'sender' | 'signature'>,
  chain = hashGenesis(genesisOf(), crypto),
): Envelope {
  const unsigned = { sender: publicKey, ...content }
  return { ...unsigned, signature: sign(null, envelopeSigningBytes(chain, unsigned, crypto), secret) }
}

/** With a signature of zeros: only who received an envelope looks at it. */
export function envelope(
  sender: PublicKey,
  sequence: number,
  transactions: readonly Transaction[] = [transaction()],
  priority = 0,
): Envelope {
  return { sender, sequence, priority, transactions, signature: new Uint8Array(64) }
}

export function transaction(machine = 'nobody', payload: Uint8Array | number = 8): Transaction {
  return { machine, payload: typeof payload === 'number' ? new Uint8Array(payload) : payload }
}

/** The child of the newest block that the ledger has executed, or of the last of these ancestors. */
export function blockOf(
  ledger: Ledger,
  body: Partial<BlockBody>,
  { ancestors = [], ...changes }: Partial<BlockHeader> & { readonly ancestors?: readonly Block[] } = {},
): Block {
  const content = { envelopes: body.envelopes ?? [], evidence: body.evidence ?? [] }
  const last = ancestors.at(-1)?.header ?? ledger.state.last
  const header: BlockHeader = {
    chain: hashGenesis(genesisOf(), crypto),
    epoch: last.epoch,
    height: last.height + 1,
    parent: NO_HASH,
    proposer: 0,
    timestampMs: last.timestampMs + 1,
    validators: NO_HASH,
    nextValidators: NO_HASH,
    stateHeight: ledger.state.height,
    stateRoot: ledger.root(),
    ...ledger.roots(content),
    signers: new Uint8Array(0),
    ...changes,
  }
  return { header, ...content }
}

/** Two votes of one validator for two blocks in one view. */
export function doubleVote(key: PublicKey, epoch = 0): Evidence {
  const vote = (block: string) => ({
    kind: 'notarize' as const,
    epoch,
    view: 1,
    block: block.repeat(64),
    signer: SENDERS.indexOf(key),
    signature: new Uint8Array(64),
  })
  return { offender: key, first: vote('1'), second: vote('2') }
}
