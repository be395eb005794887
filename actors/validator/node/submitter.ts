/**
 * Sends transactions under the validator's own key: those that come together go under one signature, each envelope
 * with the next sequence number, and what got lost is offered again until a final block has used the number. Where
 * somebody else used it, as this validator did itself before it was started anew, the transactions get a new one.
 */
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import type { Outcome } from '../../../protocols/consensus/state/machine.ts'
import type {
  Envelope,
  FinalityProof,
  Hash,
  PublicKey,
  Transaction,
} from '../../../protocols/consensus/types.ts'
import { crypto } from '../crypto.ts'
import type { IntakeRefusal } from './intake.ts'
import type { Receipt, Receipts } from './receipts.ts'

export interface TransactionReceipt {
  readonly height: number
  /** Among all transactions of the block. */
  readonly index: number
  readonly outcome: Outcome
  readonly finality: FinalityProof
}

/** Transactions that stay together. */
interface Entry {
  readonly transactions: readonly Transaction[]
  readonly bytes: number
  readonly receive: (receipt: Receipt) => void
  readonly refused: (reason: string) => void
}

interface Sent {
  readonly envelope: Envelope
  readonly entries: readonly Entry[]
  readonly unwait: () => void
  offeredAtMs: number
}

export interface SubmitterShell {
  readonly self: PublicKey
  readonly chain: Hash
  readonly maxTransactions: number
  readonly maxBytes: number
  readonly receipts: Receipts
  now(): number
  sign(bytes: Uint8Array): Uint8Array
  /** The last sequence number of a final block; undefined without an account. */
  sequence(): number | undefined
  /** Into the pool and to all others; tells why not. */
  offer(envelope: Envelope, refused: (reason: IntakeRefusal) => void): void
  soon(): void
}

/** An envelope that is not final after this time is offered again. */
const AGAIN_MS = 1_000
const FOR_GOOD: ReadonlySet<IntakeRefusal> = new Set(['too-large', 'malformed', 'unknown-sender'])
/** Envelopes on their way at a time; what comes meanwhile shares the next one. */
const MAX_SENT = 64

export class Submitter {
  readonly #shell: SubmitterShell
  #entries: Entry[] = []
  readonly #sent = new Map<number, Sent>()

  constructor(shell: SubmitterShell) {
    this.#shell = shell
  }

  /** Transactions that are not final yet. */
  get size(): number {
    let size = this.#entries.length
    for (const { entries } of this.#sent.values()) size += entries.length
    return size
  }

  get dueMs(): number {
    let due = Number.POSITIVE_INFINITY
    for (const { offeredAtMs } of this.#sent.values()) due = Math.min(due, offeredAtMs + AGAIN_MS)
    return due
  }

  /** `refused` is told why it can never be in a block. */
  submit(
    transaction: Transaction,
    receive: (receipt: TransactionReceipt) => void,
    refused: (reason: string) => void,
  ): void {
    const receiveOne = ({ height, index, outcomes, finality }: Receipt) =>
      receive({ height, index, outcome: outcomes[0]!, finality })
    this.submitTogether([transaction], receiveOne, refused)
  }

  /** In one envelope, so that all are in the same block. */
  submitTogether(
    transactions: readonly Transaction[],
    receive: (receipt: Receipt) => void,
    refused: (reason: string) => void,
  ): void {
    const bytes = transactions.reduce((sum, { payload }) => sum + payload.length + OVERHEAD_BYTES, 0)
    if (this.#entries.push({ transactions, bytes, receive, refused }) === 1) this.#shell.soon()
  }

  /** Signs what has come. */
  flush(): void {
    while (this.#entries.length > 0 && this.#sent.size < MAX_SENT) this.#send(this.#take())
  }

  tick(): void {
    const nowMs = this.#shell.now()
    for (const sent of this.#sent.values()) {
      if (nowMs < sent.offeredAtMs + AGAIN_MS) continue
      sent.offeredAtMs = nowMs
      this.#offer(sent.envelope)
    }
  }

  #take(): Entry[] {
    const { maxTransactions, maxBytes } = this.#shell
    let bytes = 0
    let count = 0
    let taken = 0
    for (const entry of this.#entries) {
      bytes += entry.bytes
      count += entry.transactions.length
      if (taken > 0 && (count > maxTransactions || bytes > maxBytes)) break
      taken++
    }
    return this.#entries.splice(0, taken)
  }

  #send(entries: readonly Entry[]): void {
    const { self, chain, receipts } = this.#shell
    const content = {
      sender: self,
      sequence: this.#nextSequence(),
      priority: 0,
      transactions: entries.flatMap(({ transactions }) => transactions),
    }
    const envelope = {
      ...content,
      signature: this.#shell.sign(envelopeSigningBytes(chain, content, crypto)),
    }
    const unwait = receipts.wait(envelope, (receipt) => this.#settled(envelope.sequence, receipt))
    this.#sent.set(envelope.sequence, { envelope, entries, unwait, offeredAtMs: this.#shell.now() })
    this.#offer(envelope)
  }

  /** What is refused for good has not used its sequence number; what is refused for now is offered again. */
  #offer(envelope: Envelope): void {
    this.#shell.offer(envelope, (reason) => {
      const sent = this.#sent.get(envelope.sequence)
      if (!FOR_GOOD.has(reason) || sent?.envelope !== envelope) return
      this.#sent.delete(envelope.sequence)
      sent.unwait()
      for (const { refused } of sent.entries) refused(`it can't be in a block: ${reason}`)
      if (this.#entries.length > 0) this.#shell.soon()
    })
  }

  #nextSequence(): number {
    let next = (this.#shell.sequence() ?? 0) + 1
    while (this.#sent.has(next)) next++
    return next
  }

  #settled(sequence: number, receipt: Receipt | undefined): void {
    const { entries } = this.#sent.get(sequence)!
    this.#sent.delete(sequence)
    if (receipt === undefined) this.#entries.unshift(...entries)
    else tell(entries, receipt)
    if (this.#entries.length > 0) this.#shell.soon()
  }
}

function tell(entries: readonly Entry[], { height, index, outcomes, finality }: Receipt): void {
  let at = 0
  for (const { transactions, receive } of entries) {
    const end = at + transactions.length
    receive({ height, index: index + at, outcomes: outcomes.slice(at, end), finality })
    at = end
  }
}

/** A machine's name and lengths; an envelope is far smaller than a block anyway. */
const OVERHEAD_BYTES = 80
