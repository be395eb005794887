/**
 * What the validators report about an epoch and suggest to be tuned, and what follows from it for all of them alike.
 * Both count by stake and by the median, so less than a third of it can't move the result beyond what others say;
 * without more than two thirds nothing changes. No suggestion leaves the bounds of the genesis or moves a
 * parameter by more than a fifth at once.
 *
 *   epoch 4: suggestions ──► first block of epoch 5: `next` ──► in effect in epoch 6
 *
 * `next` stands still for the whole of epoch 5, so it does not matter how far a validator has executed when it looks.
 */
import { type ByteReader, type ByteWriter, encode } from '../codec/bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import { clampParameters, type Genesis, type Parameters } from '../genesis.ts'
import { isQuorum, weightedMedian } from '../quorum.ts'
import type { Crypto, PublicKey, Transaction } from '../types.ts'
import { type BlockContext, DONE, type Outcome, refused, type TransactionContext } from './machine.ts'
import { readKind, withOperation } from './operation.ts'
import type { Staking } from './staking.ts'
import type { ValueFormat } from './table.ts'
import { TableMachine } from './table-machine.ts'

const TUNING = 'tuning'
/** Epochs whose medians are kept for those who learn from them. */
export const MAX_HISTORY = 64
/** A step is at most one part in this many. */
const STEP_PART = 5

/** What one validator has seen of an epoch, in whole numbers. */
export interface PerformanceReport {
  /** Final transactions per second. */
  readonly throughput: number
  /** From a transaction's arrival to its being final. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** To the other validators and back, the median of them. */
  readonly roundTripMs: number
}

/** What became of an epoch. */
export interface TunedEpoch {
  readonly epoch: number
  /** What was in effect. */
  readonly parameters: Parameters
  /** The medians of the reports. */
  readonly report: PerformanceReport
}

export type TuningOperation =
  | { readonly kind: 'report'; readonly report: PerformanceReport }
  | { readonly kind: 'suggest'; readonly parameters: Parameters }

interface Progress {
  readonly epoch: number
  readonly inEffect: Parameters
  readonly next: Parameters
}

type Entry =
  | Progress
  | TunedEpoch
  | { readonly report: PerformanceReport }
  | { readonly suggestion: Parameters }

const KINDS = ['report', 'suggest'] as const
const PROGRESS_KEY = 'progress'
const REPORT_FIELDS = ['throughput', 'p50Ms', 'p99Ms', 'roundTripMs'] as const
const PARAMETER_FIELDS = ['batch_cap', 'batch_wait', 'view_timeout', 'pipeline_depth'] as const

export function tuningTransaction(operation: TuningOperation): Transaction {
  const payload = encode(operation, (writer) => {
    writer.varint(KINDS.indexOf(operation.kind))
    if (operation.kind === 'report') writeNumbers(writer, operation.report, REPORT_FIELDS)
    else writeNumbers(writer, operation.parameters, PARAMETER_FIELDS)
  })
  return { machine: TUNING, payload }
}

/** As far towards `to` as parameters may go from one epoch to the next. */
export function stepParameters(from: Parameters, to: Parameters, bounds: Genesis['bounds']): Parameters {
  const stepped = PARAMETER_FIELDS.map((name) => {
    const most = Math.max(1, Math.floor(from[name] / STEP_PART))
    return [name, Math.min(from[name] + most, Math.max(from[name] - most, to[name]))]
  })
  return clampParameters(Object.fromEntries(stepped) as unknown as Parameters, bounds)
}

export class Tuning extends TableMachine<Entry> {
  readonly name = TUNING
  readonly #bounds: Genesis['bounds']
  readonly #enabled: boolean
  readonly #staking: Staking

  constructor(genesis: Genesis, staking: Staking, crypto: Crypto) {
    super(FORMAT, crypto)
    this.#bounds = genesis.bounds
    this.#enabled = genesis.ml_optimization
    this.#staking = staking
    const { parameters } = genesis
    this.table.set(PROGRESS_KEY, { epoch: 0, inEffect: parameters, next: parameters })
  }

  /** In effect in the epoch of the newest block. */
  get inEffect(): Parameters {
    return this.#progress.inEffect
  }

  /** In effect in the epoch after that. */
  get next(): Parameters {
    return this.#progress.next
  }

  /** The epochs of which there are medians, oldest first. */
  history(): TunedEpoch[] {
    const epochs: TunedEpoch[] = []
    for (const [, entry] of this.table.entries())
      if ('report' in entry && 'epoch' in entry) epochs.push(entry)
    return epochs.sort((a, b) => a.epoch - b.epoch)
  }

  /** Has to run before stakes change with the epoch. */
  beginBlock({ epoch }: BlockContext): void {
    const before = this.#progress
    if (epoch === before.epoch) return
    const report = this.#medians(REPORT_FIELDS, (key) => {
      const entry = this.table.get(reportKey(key))
      return entry && 'report' in entry ? entry.report : undefined
    })
    const suggested = this.#medians(PARAMETER_FIELDS, (key) => {
      const entry = this.table.get(suggestionKey(key))
      return entry && 'suggestion' in entry ? entry.suggestion : undefined
    })
    for (const [key, entry] of [...this.table.entries()]) if (isOfOneEpoch(entry)) this.table.delete(key)
    if (report !== undefined) this.#remember({ epoch: before.epoch, parameters: before.inEffect, report })
    const next = suggested === undefined ? before.next : stepParameters(before.next, suggested, this.#bounds)
    this.table.set(PROGRESS_KEY, { epoch, inEffect: before.next, next })
  }

  apply(payload: Uint8Array, { sender }: TransactionContext): Outcome {
    return withOperation(payload, readOperation, (operation) => {
      if (!this.#enabled) return refused('the genesis does not allow tuning')
      // Stakeholders are few, so what they say in an epoch is bounded.
      if ((this.#staking.holding(sender)?.stake ?? 0) === 0) return refused(`${sender} has no stake`)
      if (operation.kind === 'report') this.table.set(reportKey(sender), { report: operation.report })
      else this.table.set(suggestionKey(sender), { suggestion: operation.parameters })
      return DONE
    })
  }

  override load(pieces: Iterable<Uint8Array>): void {
    super.load(pieces)
    const progress = this.table.get(PROGRESS_KEY)
    if (progress === undefined || !('next' in progress))
      throw new MalformedBytesError('the tuning has no progress')
  }

  get #progress(): Progress {
    return this.table.get(PROGRESS_KEY) as Progress
  }

  /** Field by field; undefined where those who said something hold two thirds of the stake or less. */
  #medians<N extends string>(
    fields: readonly N[],
    said: (key: PublicKey) => { readonly [Name in N]: number } | undefined,
  ): Record<N, number> | undefined {
    const voters = this.#staking.candidates().filter(({ jailed }) => !jailed)
    const heard = voters.flatMap(({ publicKey, stake }) => {
      const values = said(publicKey)
      return values === undefined ? [] : [{ values, weight: stake }]
    })
    const stakeOf = (some: readonly number[]) => some.reduce((sum, stake) => sum + stake, 0)
    const total = stakeOf(voters.map(({ stake }) => stake))
    if (!isQuorum(stakeOf(heard.map(({ weight }) => weight)), total)) return undefined
    const entries = fields.map((name) => [
      name,
      weightedMedian(heard.map(({ values, weight }) => ({ value: values[name], weight })))!,
    ])
    return Object.fromEntries(entries) as Record<N, number>
  }

  #remember(tuned: TunedEpoch): void {
    const [oldest] = this.history().slice(0, -(MAX_HISTORY - 1))
    if (oldest !== undefined) this.table.delete(epochKey(oldest.epoch))
    this.table.set(epochKey(tuned.epoch), tuned)
  }
}

const reportKey = (key: PublicKey) => `report ${key}`
const suggestionKey = (key: PublicKey) => `suggestion ${key}`
const epochKey = (epoch: number) => `epoch ${epoch}`

function isOfOneEpoch(entry: Entry): boolean {
  return 'suggestion' in entry || !('epoch' in entry)
}

const FORMAT: ValueFormat<Entry> = {
  write(writer, entry) {
    if ('next' in entry) {
      writer.varint(0).varint(entry.epoch)
      writeNumbers(writer, entry.inEffect, PARAMETER_FIELDS)
      writeNumbers(writer, entry.next, PARAMETER_FIELDS)
    } else if ('suggestion' in entry) writeNumbers(writer.varint(1), entry.suggestion, PARAMETER_FIELDS)
    else if (!('epoch' in entry)) writeNumbers(writer.varint(2), entry.report, REPORT_FIELDS)
    else {
      writer.varint(3).varint(entry.epoch)
      writeNumbers(writer, entry.parameters, PARAMETER_FIELDS)
      writeNumbers(writer, entry.report, REPORT_FIELDS)
    }
  },
  read(reader) {
    switch (reader.varint(3)) {
      case 0:
        return {
          epoch: reader.varint(),
          inEffect: readNumbers(reader, PARAMETER_FIELDS),
          next: readNumbers(reader, PARAMETER_FIELDS),
        }
      case 1:
        return { suggestion: readNumbers(reader, PARAMETER_FIELDS) }
      case 2:
        return { report: readNumbers(reader, REPORT_FIELDS) }
      default:
        return {
          epoch: reader.varint(),
          parameters: readNumbers(reader, PARAMETER_FIELDS),
          report: readNumbers(reader, REPORT_FIELDS),
        }
    }
  },
}

function readOperation(reader: ByteReader): TuningOperation {
  const kind = readKind(reader, KINDS)
  if (kind === 'report') return { kind, report: readNumbers(reader, REPORT_FIELDS) }
  return { kind, parameters: readNumbers(reader, PARAMETER_FIELDS) }
}

function writeNumbers<N extends string>(
  writer: ByteWriter,
  values: { readonly [Name in N]: number },
  fields: readonly N[],
): void {
  for (const name of fields) writer.varint(values[name])
}

function readNumbers<N extends string>(reader: ByteReader, fields: readonly N[]): Record<N, number> {
  return Object.fromEntries(fields.map((name) => [name, reader.varint()])) as Record<N, number>
}
