/**
 * What the validators of a chain agree about: the pool of what waits, and the state that follows from final blocks.
 * The consensus drives it through `Application`; whoever runs a validator submits envelopes and hears what became
 * of them.
 */

import { encode } from '../codec/bytes.ts'
import { envelopeSigningBytes } from '../codec/envelope.ts'
import { toHex } from '../codec/hex.ts'
import { MAX_EVIDENCE } from '../codec/limits.ts'
import { writeEvidence } from '../codec/vote.ts'
import type { SignatureCheck } from '../events.ts'
import { type Genesis, hashGenesis, type Parameters } from '../genesis.ts'
import type { PoolLimits } from '../pool/limits.ts'
import { type Dropped, type PoolRefusal, TransactionPool } from '../pool/pool.ts'
import { ACCOUNTS, type AccountTable } from '../state/accounts.ts'
import { ChainState, type MachineFactory, type Observer } from '../state/chain-state.ts'
import { type Snapshot, type SnapshotCollector, takeSnapshot } from '../state/snapshot.ts'
import {
  type Application,
  type Block,
  type BlockBody,
  type BlockLimits,
  type Candidate,
  type Crypto,
  type Envelope,
  type Evidence,
  type Hash,
  MAX_PRIORITY,
  type PublicKey,
} from '../types.ts'
import { ForeseenAccounts } from './foreseen-accounts.ts'
import { transactionTree } from './inclusion.ts'
import { PendingEvidence } from './pending-evidence.ts'
import { blockBytes } from './size.ts'

export interface LedgerEvents {
  /** What became of a transaction of a final block, in order. */
  outcome?: Observer
  /** A block has been executed, after its outcomes. */
  applied?(block: Block, root: Hash): void
  /** What was submitted here will not come into a block. */
  dropped?(dropped: Dropped): void
}

export interface LedgerOptions {
  readonly genesis: Genesis
  readonly crypto: Crypto
  /** State machines of the user's own. */
  readonly machines?: MachineFactory
  readonly pool?: Partial<PoolLimits>
  readonly events?: LedgerEvents
}

/**
 * By the list of envelopes: the roots of a block are asked for several times, and cost most of judging it. They follow
 * from the block alone, so all validators on a thread that have the same list share them.
 */
const roots = new WeakMap<BlockBody['envelopes'], BodyRoots>()

interface BodyRoots {
  readonly transactions: Hash
  readonly evidence: Hash
  /** The list whose hash `evidence` is. */
  readonly of: BlockBody['evidence']
}

export class Ledger implements Application {
  readonly pool: TransactionPool
  readonly #genesis: Genesis
  readonly #chain: Hash
  readonly #crypto: Crypto
  readonly #machines: MachineFactory | undefined
  readonly #events: LedgerEvents
  readonly #evidence = new PendingEvidence()
  #state: ChainState
  /** The accounts after the blocks that were asked about last, for as long as nothing becomes final. */
  #foreseen: { readonly tip: Block; readonly accounts: AccountTable } | undefined

  constructor({ genesis, crypto, machines, pool, events = {} }: LedgerOptions) {
    this.#genesis = genesis
    this.#crypto = crypto
    this.#machines = machines
    this.#events = events
    this.#chain = hashGenesis(genesis, crypto)
    this.#state = new ChainState(genesis, crypto, machines)
    this.pool = new TransactionPool((sender) => this.sequence(sender), {
      envelopeTransactions: genesis.max_transactions_per_block,
      envelopeBytes: genesis.max_block_size - blockBytes({ envelopes: [], evidence: [] }),
      ...pool,
    })
  }

  /** To be read and never written; another object after `restore`. */
  get state(): ChainState {
    return this.#state
  }

  /** The last sequence number that the sender has used in a final block; undefined without an account. */
  sequence(sender: PublicKey): number | undefined {
    return this.#state.accounts.table.get(sender)?.sequence
  }

  /** Why the envelope can't be submitted, to be asked before its signature is checked. */
  refusal(envelope: Envelope): PoolRefusal | undefined {
    return this.pool.refusal(envelope)
  }

  /** Takes in an envelope with a valid signature, or tells `dropped` why not. */
  submit(envelope: Envelope): void {
    this.#tell(this.pool.add(envelope))
  }

  hasWork(ancestors: readonly Block[]): boolean {
    const accounts = this.#accountsAfter(ancestors)
    return (
      this.#dueEvidence(ancestors).length > 0 || this.pool.hasNext((sender) => accounts.get(sender)?.sequence)
    )
  }

  build(ancestors: readonly Block[], { maxBytes, maxTransactions }: BlockLimits): BlockBody {
    const evidence = this.#dueEvidence(ancestors)
    const height = (ancestors.at(-1)?.header.height ?? this.#state.height) + 1
    const accounts = new ForeseenAccounts(this.#accountsAfter(ancestors), height)
    const room = {
      bytes: maxBytes - blockBytes({ envelopes: [], evidence }),
      transactions: maxTransactions,
      alone: this.#genesis.max_transactions_per_block,
    }
    const used = (sender: PublicKey) => accounts.get(sender)?.sequence
    const envelopes = this.pool.select(room, used, (envelope) => accounts.use(envelope) === undefined)
    return { envelopes, evidence }
  }

  roots({ envelopes, evidence }: BlockBody): { readonly transactions: Hash; readonly evidence: Hash } {
    let found = roots.get(envelopes)
    if (found?.of !== evidence) {
      const bytes = encode(evidence, (writer) => writer.list(evidence, writeEvidence))
      const transactions = transactionTree(envelopes, this.#crypto).root
      found = { transactions, evidence: toHex(this.#crypto.sha256(bytes)), of: evidence }
      roots.set(envelopes, found)
    }
    return { transactions: found.transactions, evidence: found.evidence }
  }

  validate(block: Block, ancestors: readonly Block[], limits: BlockLimits): string | undefined {
    return (
      this.#sizeProblem(block, limits) ??
      this.#evidenceProblem(block, ancestors) ??
      this.#envelopeProblem(block, ancestors) ??
      this.#rootProblem(block)
    )
  }

  apply(block: Block): Hash {
    let accountsChanged = false
    this.#foreseen = undefined
    const root = this.#state.apply(block, (transaction, outcome, context) => {
      if (transaction.machine === ACCOUNTS && outcome.ok) accountsChanged = true
      this.#events.outcome?.(transaction, outcome, context)
    })
    for (const envelope of block.envelopes) this.#tell(this.pool.settle(envelope))
    if (accountsChanged) this.#tell(this.pool.reconcile())
    const { epoch } = block.header
    this.#evidence.settle((evidence) => evidence.first.epoch > epoch || !this.#isVoid(evidence, epoch))
    this.#events.applied?.(block, root)
    return root
  }

  root(): Hash {
    return this.#state.root()
  }

  candidates(): readonly Candidate[] {
    return this.#state.staking.candidates()
  }

  tuned(): Parameters | undefined {
    return this.#state.tuning.next
  }

  unchecked({ envelopes }: Block): readonly SignatureCheck[] {
    return envelopes
      .filter((envelope) => !this.pool.has(envelope))
      .map((envelope) => ({
        key: envelope.sender,
        bytes: envelopeSigningBytes(this.#chain, envelope, this.#crypto),
        signature: envelope.signature,
      }))
  }

  accuse(evidence: Evidence): boolean {
    // The consensus may be in the epoch after that of the newest block.
    if (this.#isVoid(evidence, Math.max(this.#state.last.epoch, evidence.first.epoch))) return false
    this.#evidence.add(evidence)
    return true
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#state, this.#crypto)
  }

  /** Goes on from a snapshot whose root a certified header shows; throws SnapshotRefusedError where it is none. */
  restore(snapshot: SnapshotCollector): void {
    const state = new ChainState(this.#genesis, this.#crypto, this.#machines)
    snapshot.restore(state)
    this.#state = state
    this.#foreseen = undefined
    this.#tell(this.pool.reconcile())
  }

  #accountsAfter(ancestors: readonly Block[]): AccountTable {
    const { table } = this.#state.accounts
    const tip = ancestors.at(-1)
    if (tip === undefined) return table
    if (this.#foreseen?.tip !== tip)
      this.#foreseen = { tip, accounts: ForeseenAccounts.after(ancestors, table) }
    return this.#foreseen.accounts
  }

  /** What a child of the last ancestor should hold, in this epoch or as the first of the next one. */
  #dueEvidence(ancestors: readonly Block[]): Evidence[] {
    if (this.#evidence.size === 0) return []
    const { epoch } = ancestors.at(-1)?.header ?? this.#state.last
    const accused = offendersIn(ancestors)
    return this.#evidence
      .all()
      .filter((evidence) => !accused.has(evidence.offender))
      .filter((evidence) => !this.#isVoid(evidence, epoch) && !this.#isVoid(evidence, epoch + 1))
      .slice(0, MAX_EVIDENCE)
  }

  #isVoid(evidence: Evidence, epoch: number): boolean {
    return this.#state.staking.refusal(evidence, epoch) !== undefined
  }

  #sizeProblem(block: Block, { maxBytes, maxTransactions }: BlockLimits): string | undefined {
    const { envelopes, evidence } = block
    const bytes = blockBytes(block)
    if (bytes > maxBytes) return `the block has ${bytes} bytes, more than ${maxBytes}`
    if (evidence.length > MAX_EVIDENCE) return `there are ${evidence.length} pieces of evidence`
    const count = envelopes.reduce((sum, { transactions }) => sum + transactions.length, 0)
    return count > maxTransactions
      ? `the block has ${count} transactions, more than ${maxTransactions}`
      : undefined
  }

  #evidenceProblem({ header, evidence }: Block, ancestors: readonly Block[]): string | undefined {
    const accused = offendersIn(ancestors)
    for (const piece of evidence) {
      const problem = this.#state.staking.refusal(piece, header.epoch)
      if (problem !== undefined) return `evidence is wrong: ${problem}`
      if (accused.has(piece.offender)) return `there is evidence against ${piece.offender} already`
      accused.add(piece.offender)
    }
    return undefined
  }

  #envelopeProblem({ header, envelopes }: Block, ancestors: readonly Block[]): string | undefined {
    const accounts = new ForeseenAccounts(this.#accountsAfter(ancestors), header.height)
    for (const envelope of envelopes) {
      const { priority } = envelope
      if (!(priority >= 0 && priority <= MAX_PRIORITY)) return `there is no priority ${priority}`
      const problem = accounts.use(envelope)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #rootProblem(block: Block): string | undefined {
    const { transactions, evidence } = this.roots(block)
    if (transactions !== block.header.transactions) return 'the root of the transactions is wrong'
    return evidence === block.header.evidence ? undefined : 'the hash of the evidence is wrong'
  }

  #tell(dropped: readonly Dropped[]): void {
    for (const one of dropped) this.#events.dropped?.(one)
  }
}

function offendersIn(blocks: readonly Block[]): Set<PublicKey> {
  return new Set(blocks.flatMap(({ evidence }) => evidence.map(({ offender }) => offender)))
}
