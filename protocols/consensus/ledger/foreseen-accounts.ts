/**
 * The accounts as they will be after blocks that are not final yet. Which envelopes a block may hold follows from the
 * blocks before it and not from how far a validator has executed them, so all judge a block alike.
 */
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import { ACCOUNTS, type Account, type AccountTable, applyToAccounts, useSequence } from '../state/accounts.ts'
import type { Block, Envelope, PublicKey } from '../types.ts'

export class ForeseenAccounts implements AccountTable {
  readonly #base: AccountTable
  readonly #changed = new Map<PublicKey, Account | undefined>()
  readonly #height: number
  #index = 0

  /** For the envelopes of a block of this height, on top of `base`. */
  constructor(base: AccountTable, height: number) {
    this.#base = base
    this.#height = height
  }

  /** After these blocks, which follow each other. */
  static after(blocks: readonly Block[], base: AccountTable): AccountTable {
    let table = base
    for (const { header, envelopes } of blocks) {
      const foreseen = new ForeseenAccounts(table, header.height)
      for (const envelope of envelopes) foreseen.use(envelope)
      table = foreseen
    }
    return table
  }

  get(key: PublicKey): Account | undefined {
    return this.#changed.has(key) ? this.#changed.get(key) : this.#base.get(key)
  }

  set(key: PublicKey, account: Account): void {
    this.#changed.set(key, account)
  }

  delete(key: PublicKey): void {
    this.#changed.set(key, undefined)
  }

  /** Does for the accounts what the envelope will, or says why it must not come next. */
  use(envelope: Envelope): string | undefined {
    const { sender, transactions } = envelope
    if (transactions.length === 0) return 'an envelope is empty'
    if (this.#index + transactions.length > MAX_TRANSACTIONS) return 'there are too many transactions'
    const problem = useSequence(this, envelope)
    if (problem !== undefined) return problem
    for (const { machine, payload } of transactions) {
      const index = this.#index++
      if (machine === ACCOUNTS) applyToAccounts(this, payload, { sender, height: this.#height, index })
    }
    return undefined
  }
}
