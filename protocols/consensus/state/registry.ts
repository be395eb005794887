/**
 * Keys with owners: who holds a name, a shard or a lock, until when, and with which fencing number.
 *
 * Each time a key gets an owner the registry gives out a lease with an epoch that is above every epoch before, of
 * whichever key. Who acts under a lease sends its epoch along, and whoever has seen a higher one refuses it: an owner
 * that was cut off and comes back can't write any more. A lease without an end holds until it is released.
 * Time is that of the blocks.
 */
import { type ByteReader, type ByteWriter, decode, encode } from '../codec/bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import type { Crypto, PublicKey, Transaction } from '../types.ts'
import { ExpiryQueue } from './expiry.ts'
import {
  type BlockContext,
  DONE,
  done,
  type EntryProof,
  type Outcome,
  refused,
  type TransactionContext,
} from './machine.ts'
import { readKind, withOperation } from './operation.ts'
import type { ValueFormat } from './table.ts'
import { TableMachine } from './table-machine.ts'

const REGISTRY = 'registry'

export interface RegistryLimits {
  /** Keys that have an owner. */
  readonly keys: number
  /** Keys of one owner, so that one can't take them all. */
  readonly keysPerOwner: number
}

const DEFAULT_REGISTRY_LIMITS: RegistryLimits = { keys: 65_536, keysPerOwner: 16_384 }
/** Of a key in bytes of UTF-8. */
export const MAX_REGISTRY_KEY_BYTES = 200
/** What an owner says about itself, for instance where it is. */
const MAX_REGISTRY_VALUE_BYTES = 1_024
/** Who needs a lease for longer takes one without an end. */
const MAX_LEASE_MS = 366 * 24 * 3_600_000

export interface Lease {
  readonly owner: PublicKey
  /** Above that of every lease that was given out before. */
  readonly epoch: number
  /** The first block at or after this time ends it; 0 for a lease without an end. */
  readonly expiresMs: number
  readonly value: Uint8Array
}

export type RegistryOperation =
  /** Takes a key that is free or one's own, under a new epoch; `ttlMs` 0 is without an end. */
  | { readonly kind: 'acquire'; readonly key: string; readonly ttlMs: number; readonly value: Uint8Array }
  /** Sets the end of a lease anew. */
  | { readonly kind: 'renew'; readonly key: string; readonly epoch: number; readonly ttlMs: number }
  | { readonly kind: 'release'; readonly key: string; readonly epoch: number }
  /** Gives a lease to another owner, under a new epoch and until the same time. */
  | { readonly kind: 'transfer'; readonly key: string; readonly epoch: number; readonly to: PublicKey }

const KINDS = ['acquire', 'renew', 'release', 'transfer'] as const
/** Where the table keeps the epoch given out last: no key of a lease is empty. */
const EPOCH_KEY = ''

export function registryTransaction(operation: RegistryOperation): Transaction {
  const payload = encode(operation, (writer) => {
    writer.varint(KINDS.indexOf(operation.kind)).text(operation.key)
    if (operation.kind === 'acquire') writer.varint(operation.ttlMs).bytes(operation.value)
    else writer.varint(operation.epoch)
    if (operation.kind === 'renew') writer.varint(operation.ttlMs)
    if (operation.kind === 'transfer') writer.hash(operation.to)
  })
  return { machine: REGISTRY, payload }
}

/** The epoch of a lease, which `acquire` and `transfer` answer with. */
export function readLeaseEpoch(value: Uint8Array): number {
  return decode(value, (reader) => reader.varint())
}

export class Registry extends TableMachine<Lease | number> {
  readonly name = REGISTRY
  readonly #limits: RegistryLimits
  readonly #held = new Map<PublicKey, number>()
  readonly #ends = new ExpiryQueue()

  constructor(crypto: Crypto, limits: RegistryLimits = DEFAULT_REGISTRY_LIMITS) {
    super(FORMAT, crypto)
    this.#limits = limits
    this.table.set(EPOCH_KEY, 0)
  }

  /** Keys that have an owner. */
  get size(): number {
    return this.table.size - 1
  }

  /** Who holds the key; undefined where it is free. */
  lease(key: string): Lease | undefined {
    const found = this.table.get(key)
    return typeof found === 'object' ? found : undefined
  }

  prove(key: string): EntryProof | undefined {
    return this.table.prove(key)
  }

  beginBlock({ timestampMs }: BlockContext): void {
    for (let end = this.#ends.pop(timestampMs); end !== undefined; end = this.#ends.pop(timestampMs)) {
      // An end that was set anew since stands further back in the queue.
      if (this.lease(end.key)?.expiresMs === end.atMs) this.#delete(end.key)
    }
  }

  apply(payload: Uint8Array, context: TransactionContext): Outcome {
    return withOperation(payload, readOperation, (operation) => {
      const lease = this.lease(operation.key)
      if (operation.kind === 'acquire') return this.#acquire(lease, operation, context)
      if (lease === undefined) return refused('nobody holds the key')
      if (lease.owner !== context.sender) return refused(`${lease.owner} holds the key`)
      if (lease.epoch !== operation.epoch) return refused(`the epoch of the lease is ${lease.epoch}`)
      switch (operation.kind) {
        case 'renew':
          return this.#renew(lease, operation, context)
        case 'release':
          this.#delete(operation.key)
          return DONE
        case 'transfer':
          return this.#give(operation.key, { ...lease, owner: operation.to })
      }
    })
  }

  override load(pieces: Iterable<Uint8Array>): void {
    super.load(pieces)
    if (typeof this.table.get(EPOCH_KEY) !== 'number')
      throw new MalformedBytesError('the registry has no epoch')
    this.#held.clear()
    this.#ends.clear()
    for (const [key, lease] of this.table.entries()) {
      if (typeof lease === 'number') continue
      this.#count(lease.owner, 1)
      if (lease.expiresMs > 0) this.#ends.push(key, lease.expiresMs)
    }
  }

  #acquire(
    lease: Lease | undefined,
    { key, ttlMs, value }: { readonly key: string; readonly ttlMs: number; readonly value: Uint8Array },
    { sender, timestampMs }: TransactionContext,
  ): Outcome {
    if (lease !== undefined && lease.owner !== sender) return refused(`${lease.owner} holds the key`)
    if (lease === undefined && this.size >= this.#limits.keys)
      return refused(`the registry holds ${this.#limits.keys} keys and no more`)
    // The payload is a part of its block, which would stay in memory as long as the value does.
    return this.#give(key, {
      owner: sender,
      epoch: 0,
      expiresMs: end(timestampMs, ttlMs),
      value: value.slice(),
    })
  }

  #renew(
    lease: Lease,
    { key, ttlMs }: { readonly key: string; readonly ttlMs: number },
    { timestampMs }: TransactionContext,
  ): Outcome {
    this.#set(key, { ...lease, expiresMs: end(timestampMs, ttlMs) }, lease)
    return DONE
  }

  /** Puts a lease with a new epoch in the place of the one before. */
  #give(key: string, lease: Lease): Outcome {
    const before = this.lease(key)
    const most = this.#limits.keysPerOwner
    if (before?.owner !== lease.owner && (this.#held.get(lease.owner) ?? 0) >= most)
      return refused(`${lease.owner} holds ${most} keys and may hold no more`)
    const epoch = (this.table.get(EPOCH_KEY) as number) + 1
    this.table.set(EPOCH_KEY, epoch)
    this.#set(key, { ...lease, epoch }, before)
    return done(encode(epoch, (writer) => writer.varint(epoch)))
  }

  #set(key: string, lease: Lease, before: Lease | undefined): void {
    if (before !== undefined) this.#count(before.owner, -1)
    this.#count(lease.owner, 1)
    this.table.set(key, lease)
    if (lease.expiresMs > 0 && lease.expiresMs !== before?.expiresMs) this.#endsAt(key, lease.expiresMs)
  }

  #delete(key: string): void {
    this.#count(this.lease(key)!.owner, -1)
    this.table.delete(key)
  }

  #count(owner: PublicKey, change: number): void {
    const held = (this.#held.get(owner) ?? 0) + change
    if (held === 0) this.#held.delete(owner)
    else this.#held.set(owner, held)
  }

  #endsAt(key: string, atMs: number): void {
    // Leases that are renewed all the time leave their old ends behind, which would pile up until those times.
    if (this.#ends.size > 64 + 4 * this.size) {
      this.#ends.clear()
      for (const [other, lease] of this.table.entries())
        if (typeof lease === 'object' && lease.expiresMs > 0) this.#ends.push(other, lease.expiresMs)
    } else this.#ends.push(key, atMs)
  }
}

const FORMAT: ValueFormat<Lease | number> = {
  write(writer: ByteWriter, entry) {
    if (typeof entry === 'number') writer.varint(0).varint(entry)
    else writer.varint(1).hash(entry.owner).varint(entry.epoch).varint(entry.expiresMs).bytes(entry.value)
  },
  read(reader) {
    if (reader.varint(1) === 0) return reader.varint()
    return {
      owner: reader.hash(),
      epoch: reader.varint(),
      expiresMs: reader.varint(),
      value: reader.bytes(MAX_REGISTRY_VALUE_BYTES).slice(),
    }
  },
}

function end(nowMs: number, ttlMs: number): number {
  return ttlMs === 0 ? 0 : nowMs + ttlMs
}

function readOperation(reader: ByteReader): RegistryOperation {
  const kind = readKind(reader, KINDS)
  const key = reader.text(MAX_REGISTRY_KEY_BYTES)
  if (key === EPOCH_KEY) throw new MalformedBytesError('the key is empty')
  if (kind === 'acquire')
    return { kind, key, ttlMs: reader.varint(MAX_LEASE_MS), value: reader.bytes(MAX_REGISTRY_VALUE_BYTES) }
  const epoch = reader.varint()
  if (kind === 'renew') return { kind, key, epoch, ttlMs: reader.varint(MAX_LEASE_MS) }
  return kind === 'release' ? { kind, key, epoch } : { kind, key, epoch, to: reader.hash() }
}
