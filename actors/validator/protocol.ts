/** The consensus of this node's validators, operation by operation. */
import type { Parameters } from '../../protocols/consensus/genesis.ts'
import type { PerformanceReport } from '../../protocols/consensus/state/tuning.ts'
import type { Block, Transaction } from '../../protocols/consensus/types.ts'
import type { Asks, Scope } from '../../runtime/index.ts'
import { withKey } from './once.ts'
import { reachOf } from './reach.ts'
import type { ValidatorActor } from './validator.ts'

/** What a validator has seen of an epoch: transactions per second, and milliseconds. */
export type PerformanceMetrics = PerformanceReport

export interface NetworkConditions {
  /** Milliseconds to the other validators and back, the median of them. */
  readonly roundTripMs: number
}

const OPERATION_MS = 30_000

export class ConsensusProtocol {
  readonly #scope: Scope

  /** @param scope the system, or an actor's context */
  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Who leads the present view: each view has one leader, by a schedule that everyone knows. */
  electLeader(): Promise<string> {
    return this.#ask(async (ask) => (await ask.status()).leader)
  }

  /** Whether a validator, by its name or key, leads the present view. */
  async validateLeader(leader: string): Promise<boolean> {
    const { leader: elected, validators } = await this.#ask((ask) => ask.status())
    return validators.some(({ id, publicKey }) => id === elected && (leader === id || leader === publicKey))
  }

  /**
   * Has transactions put into a block, all into the same one, and resolves with that block once it is final. Rejects
   * with Refused where they don't fit.
   */
  proposeBlock(transactions: readonly Transaction[]): Promise<Block> {
    // Together or not at all, so that they have been executed where one of them has.
    const keyed = transactions.map((transaction) => withKey(this.#scope, transaction, OPERATION_MS))
    return this.#ask((ask) => ask.propose(keyed))
  }

  /** Whether a block is final, or could come next: its form, its transactions, their signatures. */
  validateBlock(block: Block): Promise<boolean> {
    return this.#ask((ask) => ask.judge(block))
  }

  /** Resolves when the block is final; rejects with Refused when another one is at its height. */
  async commitBlock(block: Block): Promise<void> {
    await this.#ask((ask) => ask.awaitFinal(block))
  }

  /**
   * Has a validator, by its name or key, punished for what there is proof of; resolves when it has lost stake and is
   * jailed. Rejects with Refused where there is no proof: silence and slowness are never punished.
   */
  async handleByzantineFailure(node: string): Promise<void> {
    await this.#ask((ask) => ask.punish(node))
  }

  /** Resolves when all validators of this node run and have what is final. */
  async recoverFromFailure(): Promise<void> {
    const statuses = await reachOf(this.#scope).everyone(this.#scope, OPERATION_MS, (ask) => ask.status())
    const height = Math.max(...statuses.map((status) => status.height))
    await reachOf(this.#scope).everyone(this.#scope, OPERATION_MS, (ask) => ask.reach(height))
  }

  /** Reports how fast it was, and suggests parameters for coming epochs by all that the chain has learnt. */
  optimizeParameters(metrics: PerformanceMetrics): Promise<Parameters> {
    return this.#ask((ask) => ask.optimize(metrics))
  }

  /** Suggests parameters for coming epochs by what the network is like. */
  adaptToNetwork(conditions: NetworkConditions): Promise<Parameters> {
    return this.#ask((ask) => ask.adapt(conditions))
  }

  #ask<T>(question: (ask: Asks<ValidatorActor>) => Promise<T>): Promise<T> {
    return reachOf(this.#scope).ask(this.#scope, OPERATION_MS, question)
  }
}
