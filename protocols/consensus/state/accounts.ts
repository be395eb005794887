/**
 * Who may send envelopes, and which sequence number of each is the next. A key that nobody brought in can't send, or
 * strangers could fill the table with keys: each account has a quota of accounts that it may open, which it shares out
 * among those that it opens, and the quotas of the genesis are all that there ever is.
 *
 * The accounts decide which envelopes a block may hold, before what is in the block is final. Their operations
 * therefore depend on nothing but this table and the blocks before, so that it can be worked out ahead (`ledger/`).
 *
 * An account that is opened at height h by transaction i starts at sequence h * 65,536 + i, which is more than the
 * same key can have used before: each use takes a transaction. So what a closed account signed is never valid again.
 */
import { type ByteReader, type ByteWriter, encode } from '../codec/bytes.ts'
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import type { Crypto, Envelope, PublicKey, Transaction } from '../types.ts'
import { DONE, done, type Outcome, refused, type TransactionContext } from './machine.ts'
import { readKind, withOperation } from './operation.ts'
import type { Table, ValueFormat } from './table.ts'
import { TableMachine } from './table-machine.ts'

export const ACCOUNTS = 'accounts'
/** Accounts of a chain, those of the genesis among them. */
export const MAX_ACCOUNTS = 65_536

export interface Account {
  /** Who opened it; an account of the genesis is its own sponsor. */
  readonly sponsor: PublicKey
  /** Of the last envelope that was used. */
  readonly sequence: number
  /** How many accounts it may open yet. */
  readonly quota: number
  /** How many of the accounts that it opened are open. */
  readonly opened: number
}

/** Where accounts are looked up: the state, or what it will be after blocks that are not final. */
export interface AccountTable {
  get(key: PublicKey): Account | undefined
  set(key: PublicKey, account: Account): void
  delete(key: PublicKey): void
}

export type AccountOperation =
  | { readonly kind: 'open'; readonly key: PublicKey; readonly quota: number }
  | { readonly kind: 'close'; readonly key: PublicKey }

const KINDS = ['open', 'close'] as const

export function accountTransaction(operation: AccountOperation): Transaction {
  const payload = encode(operation, (writer) => {
    writer.varint(KINDS.indexOf(operation.kind)).hash(operation.key)
    if (operation.kind === 'open') writer.varint(operation.quota)
  })
  return { machine: ACCOUNTS, payload }
}

/** Uses the envelope's sequence number, or says why it is not the one that is due. */
export function useSequence(table: AccountTable, { sender, sequence }: Envelope): string | undefined {
  const account = table.get(sender)
  if (account === undefined) return `the sender ${sender} has no account`
  if (sequence !== account.sequence + 1)
    return `the sequence ${sequence} of ${sender} is not ${account.sequence + 1}`
  table.set(sender, { ...account, sequence })
  return undefined
}

export function applyToAccounts(
  table: AccountTable,
  payload: Uint8Array,
  context: Pick<TransactionContext, 'sender' | 'height' | 'index'>,
): Outcome {
  return withOperation(payload, readOperation, (operation) =>
    operation.kind === 'open' ? open(table, operation, context) : close(table, operation.key, context.sender),
  )
}

export class Accounts extends TableMachine<Account> {
  readonly name = ACCOUNTS
  /** To be read outside. */
  declare readonly table: Table<Account>

  /** The keys of the genesis share the quota of all accounts. */
  constructor(genesis: readonly PublicKey[], crypto: Crypto) {
    super(FORMAT, crypto)
    const quota = Math.floor(MAX_ACCOUNTS / Math.max(1, genesis.length)) - 1
    for (const key of genesis) this.table.set(key, { sponsor: key, sequence: 0, quota, opened: 0 })
  }

  apply(payload: Uint8Array, context: TransactionContext): Outcome {
    return applyToAccounts(this.table, payload, context)
  }
}

const FORMAT: ValueFormat<Account> = {
  write(writer: ByteWriter, { sponsor, sequence, quota, opened }) {
    writer.hash(sponsor).varint(sequence).varint(quota).varint(opened)
  },
  read: (reader) => ({
    sponsor: reader.hash(),
    sequence: reader.varint(),
    quota: reader.varint(MAX_ACCOUNTS),
    opened: reader.varint(MAX_ACCOUNTS),
  }),
}

function readOperation(reader: ByteReader): AccountOperation {
  const kind = readKind(reader, KINDS)
  const key = reader.hash()
  return kind === 'open' ? { kind, key, quota: reader.varint(MAX_ACCOUNTS) } : { kind, key }
}

function open(
  table: AccountTable,
  { key, quota }: { readonly key: PublicKey; readonly quota: number },
  { sender, height, index }: Pick<TransactionContext, 'sender' | 'height' | 'index'>,
): Outcome {
  const sponsor = table.get(sender)
  if (sponsor === undefined) return refused(`${sender} has no account any more`)
  if (table.get(key) !== undefined) return refused(`${key} has an account`)
  if (sponsor.quota < 1 + quota) return refused(`the quota of ${sponsor.quota} accounts is not enough`)
  const sequence = height * MAX_TRANSACTIONS + index
  table.set(sender, { ...sponsor, quota: sponsor.quota - 1 - quota, opened: sponsor.opened + 1 })
  table.set(key, { sponsor: sender, sequence, quota, opened: 0 })
  return done(encode(sequence, (writer) => writer.varint(sequence)))
}

function close(table: AccountTable, key: PublicKey, sender: PublicKey): Outcome {
  const account = table.get(key)
  if (account === undefined) return refused(`${key} has no account`)
  if (account.sponsor === key) return refused('an account of the genesis stays open')
  if (sender !== key && sender !== account.sponsor) return refused(`only ${account.sponsor} may close ${key}`)
  if (account.opened > 0) return refused(`${account.opened} accounts that ${key} opened are open`)
  // Its sponsor is open because it has opened this one, so what is given back is never lost.
  const sponsor = table.get(account.sponsor)!
  table.set(account.sponsor, {
    ...sponsor,
    quota: sponsor.quota + 1 + account.quota,
    opened: sponsor.opened - 1,
  })
  table.delete(key)
  return DONE
}
