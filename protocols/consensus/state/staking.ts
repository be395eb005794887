/**
 * Who holds what: the stakes that vote, what is on its way out of them, and what is free. There is as much as the
 * genesis gave out; slashing destroys, nothing creates.
 *
 *   free ── bond ──► stake ── unbond ──► unbonding ── after some epochs ──► free ── transfer ──► another's free
 *                      └────────── slashed by proven equivocation ──────────┘
 *
 * What is unbonding can still be slashed, and takes longer to become free than evidence stays valid, so nobody gets
 * away with a stake that voted falsely. Who is slashed is jailed and out of the set from the next epoch on, until
 * the term is over and the validator asks to come back.
 */
import { type ByteReader, type ByteWriter, encode } from '../codec/bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import type { Candidate, Crypto, Evidence, PublicKey, Transaction, Validator } from '../types.ts'
import {
  type BlockContext,
  DONE,
  type EntryProof,
  type Outcome,
  refused,
  type TransactionContext,
} from './machine.ts'
import { readKind, withOperation } from './operation.ts'
import type { ValueFormat } from './table.ts'
import { TableMachine } from './table-machine.ts'

const STAKING = 'staking'
/** Keys that hold anything. */
export const MAX_HOLDERS = 4_096
/** What goes out in one epoch is one entry, and an entry stays for `UNBONDING_EPOCHS`. */
export const UNBONDING_EPOCHS = 16
/** Evidence of an epoch longer ago is void: until then what voted in that epoch can still be slashed. */
export const EVIDENCE_EPOCHS = 12
export const JAIL_EPOCHS = 8
/** One part in this many of stake and unbonding is destroyed, and at least 1. */
const SLASHED_PART = 20

export interface Holding {
  readonly free: number
  readonly stake: number
  /** Ascending by epoch. */
  readonly unbonding: readonly { readonly epoch: number; readonly amount: number }[]
  /** The first epoch in which it may ask to leave the jail; 0 where it is not jailed. */
  readonly jailedUntil: number
  /** Offences up to this epoch have been punished; -1 where there were none. */
  readonly punished: number
}

export type StakingOperation =
  | { readonly kind: 'bond' | 'unbond'; readonly amount: number }
  | { readonly kind: 'transfer'; readonly to: PublicKey; readonly amount: number }
  | { readonly kind: 'unjail' }

const KINDS = ['bond', 'unbond', 'transfer', 'unjail'] as const
const NONE: Holding = { free: 0, stake: 0, unbonding: [], jailedUntil: 0, punished: -1 }
/** Where the table keeps the newest epoch: no key of a holder is empty. */
const EPOCH_KEY = ''

export function stakingTransaction(operation: StakingOperation): Transaction {
  const payload = encode(operation, (writer) => {
    writer.varint(KINDS.indexOf(operation.kind))
    if (operation.kind === 'transfer') writer.hash(operation.to)
    if (operation.kind !== 'unjail') writer.varint(operation.amount)
  })
  return { machine: STAKING, payload }
}

export class Staking extends TableMachine<Holding | number> {
  readonly name = STAKING

  constructor(genesis: readonly Pick<Validator, 'publicKey' | 'stake'>[], crypto: Crypto) {
    super(FORMAT, crypto)
    this.table.set(EPOCH_KEY, 0)
    for (const { publicKey, stake } of genesis) this.table.set(publicKey, { ...NONE, stake })
  }

  holding(key: PublicKey): Holding | undefined {
    const found = this.table.get(key)
    return typeof found === 'object' ? found : undefined
  }

  prove(key: PublicKey): EntryProof | undefined {
    return this.table.prove(key)
  }

  /** Everyone with a stake, in ascending order of the keys. */
  candidates(): Candidate[] {
    return [...this.#holders()]
      .filter(([, { stake }]) => stake > 0)
      .map(([publicKey, { stake, jailedUntil }]) => ({ publicKey, stake, jailed: jailedUntil > 0 }))
      .sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
  }

  /** What there is of everything. */
  total(): number {
    let total = 0
    for (const [, { free, stake, unbonding }] of this.#holders())
      total += unbonding.reduce((sum, { amount }) => sum + amount, free + stake)
    return total
  }

  beginBlock({ epoch }: BlockContext): void {
    if (epoch === this.#epoch) return
    this.table.set(EPOCH_KEY, epoch)
    for (const [key, holding] of [...this.#holders()]) this.#set(key, released(holding, epoch))
  }

  /** Why the evidence leads to nothing in a block of this epoch; undefined where it does. */
  refusal({ offender, first }: Evidence, epoch: number): string | undefined {
    if (first.epoch > epoch || first.epoch < epoch - EVIDENCE_EPOCHS)
      return `evidence of epoch ${first.epoch} is void in epoch ${epoch}`
    const holding = this.holding(offender)
    if (holding === undefined) return `${offender} holds nothing`
    if (first.epoch <= holding.punished) return `${offender} was punished for this`
    return undefined
  }

  /** Slashes and jails the offender, once for all offences up to now; the amount that was destroyed. */
  punish(evidence: Evidence, epoch: number): number {
    if (this.refusal(evidence, epoch) !== undefined) return 0
    const holding = this.holding(evidence.offender)!
    const { stake, unbonding } = holding
    const left = {
      stake: stake - slashed(stake),
      unbonding: unbonding
        .map((entry) => ({ ...entry, amount: entry.amount - slashed(entry.amount) }))
        .filter(({ amount }) => amount > 0),
    }
    this.table.set(evidence.offender, {
      ...holding,
      ...left,
      jailedUntil: epoch + JAIL_EPOCHS,
      punished: epoch,
    })
    const before = unbonding.reduce((sum, { amount }) => sum + amount, stake)
    return left.unbonding.reduce((rest, { amount }) => rest - amount, before - left.stake)
  }

  apply(payload: Uint8Array, { sender, epoch }: TransactionContext): Outcome {
    return withOperation(payload, readOperation, (operation) => {
      const holding = this.holding(sender)
      if (holding === undefined) return refused(`${sender} holds nothing`)
      switch (operation.kind) {
        case 'bond':
          return this.#bond(sender, holding, operation.amount)
        case 'unbond':
          return this.#unbond(sender, holding, operation.amount, epoch + UNBONDING_EPOCHS)
        case 'transfer':
          return this.#transfer(sender, holding, operation)
        case 'unjail':
          return this.#unjail(sender, holding, epoch)
      }
    })
  }

  override load(pieces: Iterable<Uint8Array>): void {
    super.load(pieces)
    if (typeof this.table.get(EPOCH_KEY) !== 'number')
      throw new MalformedBytesError('the stakes have no epoch')
  }

  get #epoch(): number {
    return this.table.get(EPOCH_KEY) as number
  }

  *#holders(): Generator<[PublicKey, Holding]> {
    for (const [key, holding] of this.table.entries()) if (typeof holding === 'object') yield [key, holding]
  }

  #bond(key: PublicKey, holding: Holding, amount: number): Outcome {
    const { free, stake } = holding
    if (amount > free) return refused(`only ${free} is free`)
    return this.#set(key, { ...holding, free: free - amount, stake: stake + amount })
  }

  #unbond(key: PublicKey, holding: Holding, amount: number, epoch: number): Outcome {
    const { stake, unbonding } = holding
    if (amount > stake) return refused(`only ${stake} is at stake`)
    const last = unbonding.at(-1)
    const entries =
      last?.epoch === epoch
        ? unbonding.with(-1, { epoch, amount: last.amount + amount })
        : [...unbonding, { epoch, amount }]
    return this.#set(key, { ...holding, stake: stake - amount, unbonding: entries })
  }

  #transfer(
    key: PublicKey,
    holding: Holding,
    { to, amount }: { readonly to: PublicKey; readonly amount: number },
  ): Outcome {
    if (amount > holding.free) return refused(`only ${holding.free} is free`)
    if (to === key) return DONE
    const receiver = this.holding(to)
    if (receiver === undefined && this.table.size > MAX_HOLDERS)
      return refused(`${MAX_HOLDERS} keys hold something, and there is no place for more`)
    this.#set(key, { ...holding, free: holding.free - amount })
    return this.#set(to, { ...(receiver ?? NONE), free: (receiver?.free ?? 0) + amount })
  }

  #unjail(key: PublicKey, holding: Holding, epoch: number): Outcome {
    if (holding.jailedUntil === 0) return refused('the validator is not jailed')
    if (epoch < holding.jailedUntil) return refused(`the term ends with epoch ${holding.jailedUntil}`)
    return this.#set(key, { ...holding, jailedUntil: 0 })
  }

  /** Who holds nothing and has nothing to answer for leaves the table. */
  #set(key: PublicKey, holding: Holding): Outcome {
    const { free, stake, unbonding, punished } = holding
    const forgotten = punished < this.#epoch - EVIDENCE_EPOCHS
    if (free === 0 && stake === 0 && unbonding.length === 0 && forgotten) this.table.delete(key)
    else this.table.set(key, holding)
    return DONE
  }
}

function released(holding: Holding, epoch: number): Holding {
  const due = holding.unbonding.filter((entry) => entry.epoch <= epoch)
  if (due.length === 0) return holding
  const free = due.reduce((sum, { amount }) => sum + amount, holding.free)
  return { ...holding, free, unbonding: holding.unbonding.slice(due.length) }
}

function slashed(amount: number): number {
  return Math.ceil(amount / SLASHED_PART)
}

const FORMAT: ValueFormat<Holding | number> = {
  write(writer: ByteWriter, entry) {
    if (typeof entry === 'number') {
      writer.varint(0).varint(entry)
      return
    }
    writer.varint(1).varint(entry.free).varint(entry.stake)
    writer.list(entry.unbonding, (out, { epoch, amount }) => out.varint(epoch).varint(amount))
    writer.varint(entry.jailedUntil).varint(entry.punished + 1)
  },
  read(reader) {
    if (reader.varint(1) === 0) return reader.varint()
    return {
      free: reader.varint(),
      stake: reader.varint(),
      unbonding: reader.list(UNBONDING_EPOCHS + 1, (from) => ({
        epoch: from.varint(),
        amount: from.varint(),
      })),
      jailedUntil: reader.varint(),
      punished: reader.varint() - 1,
    }
  },
}

function readOperation(reader: ByteReader): StakingOperation {
  const kind = readKind(reader, KINDS)
  if (kind === 'unjail') return { kind }
  if (kind === 'transfer') return { kind, to: reader.hash(), amount: readAmount(reader) }
  return { kind, amount: readAmount(reader) }
}

function readAmount(reader: ByteReader): number {
  const amount = reader.varint()
  if (amount === 0) throw new MalformedBytesError('the amount is 0')
  return amount
}
