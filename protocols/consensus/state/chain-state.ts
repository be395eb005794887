/**
 * The state of a chain: its machines, executed block by block, under one root.
 *
 *                        state root (a Merkle tree)
 *      ┌─────────────┬────────┴────┬──────────┬──────────┬──────────┬─ ... users' own
 *   height, time  accounts     decisions   executed   registry   staking      each with a root of its own
 */

import { InvalidOptionError } from '../../errors.ts'
import { encode } from '../codec/bytes.ts'
import { MAX_MACHINE_NAME_BYTES } from '../codec/limits.ts'
import { MalformedBytesError } from '../errors.ts'
import type { Genesis } from '../genesis.ts'
import { type MerkleProof, MerkleTree, verifyMerkleProof } from '../merkle.ts'
import type { Block, Crypto, Envelope, Hash, Transaction } from '../types.ts'
import { ACCOUNTS, Accounts, useSequence } from './accounts.ts'
import { Decisions } from './decisions.ts'
import { Executed } from './executed.ts'
import { type TreeProof, verifyTreeProof } from './hash-tree.ts'
import {
  type BlockContext,
  type Outcome,
  refused,
  type StateMachine,
  type TransactionContext,
} from './machine.ts'
import { Registry } from './registry.ts'
import { Staking } from './staking.ts'
import { Tuning } from './tuning.ts'

/** Is told what became of each transaction of a block. */
export type Observer = (transaction: Transaction, outcome: Outcome, context: TransactionContext) => void

/** What a state machine has under a key, in the state with a certain root. */
export interface StateProof {
  readonly machine: string
  readonly key: string
  readonly value: Uint8Array
  readonly machineRoot: Hash
  /** From the machine to the state's root. */
  readonly machines: MerkleProof
  /** From the entry to the machine's root. */
  readonly entry: TreeProof
}

/** Makes a chain's own machines anew, in the state of the genesis. */
export type MachineFactory = () => readonly StateMachine[]

/** State machines of one chain, the built-in ones among them. */
const MAX_MACHINES = 64

export class ChainState {
  readonly accounts: Accounts
  readonly decisions: Decisions
  /** The transactions that carry a key. */
  readonly executed: Executed
  readonly registry: Registry
  readonly staking: Staking
  readonly tuning: Tuning
  readonly #machines: ReadonlyMap<string, StateMachine>
  readonly #crypto: Crypto
  #last: BlockContext

  constructor(genesis: Genesis, crypto: Crypto, own: MachineFactory = () => []) {
    const stakes = genesis.validators.map(({ public_key, stake }) => ({ publicKey: public_key, stake }))
    this.#crypto = crypto
    this.accounts = new Accounts(
      stakes.map(({ publicKey }) => publicKey),
      crypto,
    )
    this.decisions = new Decisions(crypto)
    this.executed = new Executed(crypto)
    this.registry = new Registry(crypto)
    this.staking = new Staking(stakes, crypto)
    this.tuning = new Tuning(genesis, this.staking, crypto)
    const { accounts, decisions, executed, registry, staking, tuning } = this
    this.#machines = named([accounts, decisions, executed, registry, staking, tuning, ...own()])
    this.#last = { height: 0, epoch: 0, timestampMs: genesis.genesis_time }
  }

  /** Of the newest block that was executed; 0 before the first. */
  get height(): number {
    return this.#last.height
  }

  /** Of the newest block that was executed. */
  get last(): BlockContext {
    return this.#last
  }

  machine(name: string): StateMachine | undefined {
    return this.#machines.get(name)
  }

  /** Executes the final block that follows the last one. */
  apply({ header, envelopes, evidence }: Block, observe?: Observer): Hash {
    const { height, epoch, timestampMs } = header
    this.#last = { height, epoch, timestampMs }
    // The median of what was suggested weighs by stakes, so it is taken before these change.
    this.tuning.beginBlock(this.#last)
    for (const machine of this.#machines.values())
      if (machine !== this.tuning) machine.beginBlock?.(this.#last)
    for (const proof of evidence) this.staking.punish(proof, epoch)
    let index = 0
    for (const envelope of envelopes) {
      this.#applyEnvelope(envelope, index, observe)
      index += envelope.transactions.length
    }
    return this.root()
  }

  root(): Hash {
    return this.#tree().root
  }

  /** What a machine has under a key, up to the state's root; undefined where there is nothing or no proof of it. */
  prove(name: string, key: string): StateProof | undefined {
    const machine = this.#machines.get(name)
    const entry = machine?.prove?.(key)
    if (machine === undefined || entry === undefined) return undefined
    const index = 1 + [...this.#machines.keys()].indexOf(name)
    return {
      machine: name,
      key,
      value: entry.value,
      machineRoot: machine.root(),
      machines: this.#tree().prove(index),
      entry: entry.proof,
    }
  }

  /** The pieces of each machine, in the order of the names. */
  *save(): Generator<readonly [name: string, piece: Uint8Array]> {
    for (const [name, machine] of this.#machines) for (const piece of machine.save()) yield [name, piece]
  }

  /** Takes over a state; throws MalformedBytesError for anything that was not saved by the same machines. */
  load(last: BlockContext, pieces: ReadonlyMap<string, readonly Uint8Array[]>): void {
    for (const name of pieces.keys())
      if (!this.#machines.has(name)) throw new MalformedBytesError(`there is no state machine "${name}"`)
    for (const [name, machine] of this.#machines) machine.load(pieces.get(name) ?? [])
    this.#last = last
  }

  #applyEnvelope(envelope: Envelope, first: number, observe: Observer | undefined): void {
    const problem = useSequence(this.accounts.table, envelope)
    for (const [i, transaction] of envelope.transactions.entries()) {
      const context = { ...this.#last, sender: envelope.sender, index: first + i }
      const outcome = problem === undefined ? this.#applyTransaction(transaction, context) : refused(problem)
      observe?.(transaction, outcome, context)
    }
  }

  #applyTransaction(transaction: Transaction, context: TransactionContext): Outcome {
    const { machine, once } = transaction
    if (once === undefined || machine === ACCOUNTS) return this.#execute(transaction, context)
    const refusal = this.executed.refusal(once, context)
    if (refusal !== undefined) return refused(refusal)
    const outcome = this.#execute(transaction, context)
    this.executed.remember(once, { height: context.height, index: context.index, outcome })
    return outcome
  }

  #execute({ machine, payload }: Transaction, context: TransactionContext): Outcome {
    return (
      this.#machines.get(machine)?.apply(payload, context) ??
      refused(`there is no state machine "${machine}"`)
    )
  }

  #tree(): MerkleTree {
    const leaves = [progressLeaf(this.#last)]
    for (const [name, machine] of this.#machines) leaves.push(machineLeaf(name, machine.root()))
    return new MerkleTree(leaves, this.#crypto)
  }
}

/** Whether the state with this root has what the proof tells. */
export function verifyStateProof(root: Hash, proof: StateProof, crypto: Crypto): boolean {
  const { machine, key, value, machineRoot, machines, entry } = proof
  return (
    verifyMerkleProof(root, machineLeaf(machine, machineRoot), machines, crypto) &&
    verifyTreeProof(machineRoot, key, value, entry, crypto)
  )
}

/** The leaf of a machine under the root of the state. */
function machineLeaf(name: string, root: Hash): Uint8Array {
  return encode(name, (writer) => writer.text(name).hash(root))
}

function progressLeaf({ height, epoch, timestampMs }: BlockContext): Uint8Array {
  return encode(height, (writer) => writer.varint(height).varint(epoch).varint(timestampMs))
}

/** In the order of the names, which is that of their roots. */
function named(machines: readonly StateMachine[]): ReadonlyMap<string, StateMachine> {
  if (machines.length > MAX_MACHINES)
    throw new InvalidOptionError(`a chain has ${MAX_MACHINES} state machines at most`)
  const sorted = [...machines].sort((a, b) => (a.name < b.name ? -1 : 1))
  const byName = new Map(sorted.map((machine) => [machine.name, machine]))
  if (byName.size < machines.length)
    throw new InvalidOptionError('two state machines of a chain have the same name')
  for (const name of byName.keys())
    if (name === '' || new TextEncoder().encode(name).length > MAX_MACHINE_NAME_BYTES)
      throw new InvalidOptionError(
        `the name of a state machine has 1 to ${MAX_MACHINE_NAME_BYTES} bytes, not "${name}"`,
      )
  return byName
}
