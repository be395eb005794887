/**
 * The validator actor: a node on its thread, with the actor's clock, timers and messages as its world.
 *
 *   validator ◄── frames ──► validator          all under /system/validators/local
 *       └── votes ──► journal ──► persisted
 */
import { join } from 'node:path'
import { decode } from '../../protocols/consensus/codec/bytes.ts'
import { readEnvelope } from '../../protocols/consensus/codec/envelope.ts'
import type { Genesis, Parameters } from '../../protocols/consensus/genesis.ts'
import type { MachineFactory } from '../../protocols/consensus/state/chain-state.ts'
import type { Place } from '../../protocols/consensus/state/decisions.ts'
import type { StateMachine } from '../../protocols/consensus/state/machine.ts'
import type { PerformanceReport } from '../../protocols/consensus/state/tuning.ts'
import type {
  Block,
  Crypto,
  Envelope,
  FinalityProof,
  PublicKey,
  Transaction,
} from '../../protocols/consensus/types.ts'
import { Actor, type ActorRef, Refused } from '../../runtime/index.ts'
import type { BlockArchive } from '../../storage/block-store/block-archive.ts'
import { BlockStore } from '../../storage/block-store/block-store.ts'
import { VolatileBlocks } from '../../storage/block-store/volatile.ts'
import { crypto, type KeyPair } from './crypto.ts'
import { type DecidedBlock, follow } from './following.ts'
import type { Journal } from './journal.ts'
import { ValidatorNode } from './node/node.ts'
import type { Speech } from './node/options.ts'
import type { KeptRecord } from './node/ports.ts'
import type { Receipt } from './node/receipts.ts'
import * as operations from './operations.ts'
import { JOURNAL_PATH, LOCAL_PATH } from './places.ts'
import { executionOf, finalityOf, prove, type Shown } from './proving.ts'
import { STARTING } from './reach.ts'
import { type ChainStatus, statusOf } from './status.ts'
import { listenersOf, tellAtStart } from './telling.ts'
import { Waiting } from './waiting.ts'
import { worldOf } from './world.ts'

/** The module of the class, which every thread imports. */
export const VALIDATOR_MODULE = import.meta.url
/** Frames of many peers, envelopes of clients and asks of agents; more than that is refused and sent again. */
const MAILBOX = 100_000

export interface ValidatorArgs {
  readonly id: string
  readonly genesis: Genesis
  readonly keys: KeyPair
  readonly storage: 'embedded' | 'volatile'
  /** Of this validator alone. */
  readonly folder: string
  /** A module that exports `machines(crypto)`. */
  readonly machines: string | undefined
}

export class ValidatorActor extends Actor<ValidatorActor> {
  static override reentrant = true
  static override mailbox = { size: MAILBOX }
  readonly #args: ValidatorArgs
  /** Tells answers for this instance from those for one before. */
  readonly #life: number
  readonly #peers = new Map<PublicKey, ActorRef<ValidatorActor>>()
  readonly #keyByPath = new Map<string, PublicKey>()
  readonly #waiting = new Waiting()
  readonly #seat: operations.Seat
  #journal!: ActorRef<Journal>
  #archive: BlockArchive | undefined
  #node: ValidatorNode | undefined

  constructor(args: ValidatorArgs) {
    super()
    this.#args = args
    this.#life = this.context.wall() + this.context.random()
    this.#seat = {
      node: () => this.#running,
      waiting: this.#waiting,
      random: () => this.context.random(),
    }
    for (const { id, public_key } of args.genesis.validators)
      this.#keyByPath.set(`${LOCAL_PATH}/${id}`, public_key)
  }

  override async onStart(): Promise<void> {
    try {
      await this.#begin()
    } catch (error) {
      // Who could not start is not stopped either, and the next one opens the same folder.
      await this.onStop()
      throw error
    }
  }

  async #begin(): Promise<void> {
    const { genesis, id, keys } = this.#args
    const { log } = this.context
    this.#journal = (await this.context.lookup(JOURNAL_PATH)) as ActorRef<Journal>
    this.#archive = await this.#openArchive()
    const records: KeptRecord[] = await this.#journal.ask.records(keys.publicKey, this.#life)
    const machines = await this.#machines()
    this.#node = await ValidatorNode.open({
      ...{ genesis, keys, machines, archive: this.#archive, records },
      ports: worldOf({
        ...{ context: this.context, self: keys.publicKey, life: this.#life, journal: this.#journal },
        peers: this.#peers,
        node: () => this.#node,
        failing: () => this.#waiting.end(),
      }),
      listeners: listenersOf(genesis, log, () => this.#waiting.changed()),
      speech: this.speech(this.#args),
    })
    tellAtStart(id, this.#node, log)
    await this.#meetAll()
    this.#node.start()
  }

  override async onStop(): Promise<void> {
    const node = this.#node
    this.#node = undefined
    this.#waiting.end()
    await node?.close()
    await this.#archive?.close()
  }

  // --- from other validators and the journal ---

  /** Another validator of this node has started. */
  meet(key: PublicKey, validator: ActorRef<ValidatorActor>): void {
    if (this.#keyByPath.get(validator.path) === key) this.#peers.set(key, validator)
  }

  /** A frame of another validator, whose sender the runtime vouches for. */
  deliver(frame: Uint8Array): void {
    const from = this.#keyByPath.get(this.context.sender?.path ?? '')
    if (from !== undefined) this.#node?.receive(from, frame)
  }

  persisted(life: number, token: number): void {
    if (life === this.#life) this.#node?.persisted(token)
  }

  /** The journal is lost, and this validator with it: who waits here asks another one, or this one when it is back. */
  abandon(): void {
    if (this.context.sender?.path === JOURNAL_PATH) this.#waiting.end()
  }

  /** What came meanwhile can be handled together now. */
  flush(): void {
    this.#node?.flush()
  }

  // --- from programs and agents ---

  /**
   * Sends a transaction under this validator's key; resolves when it is final. One with a key that was executed before
   * is not executed again: what became of it then is told.
   */
  async submit(transaction: Transaction): Promise<Shown> {
    const node = this.#running
    const known = await executionOf(node, transaction)
    if (known !== undefined) return known
    const receipt = await operations.submit(this.#seat, transaction)
    if (receipt.outcome.ok) return receipt
    return (await executionOf(node, transaction)) ?? receipt
  }

  /**
   * Takes in an envelope that its sender has signed, as bytes: one value to copy in place of one for each transaction.
   * Resolves when it is final. Refuses what can't become so.
   */
  submitEnvelope(bytes: Uint8Array): Promise<Receipt> {
    const { transactions } = this.#running
    const envelope = envelopeIn(bytes)
    return this.#waiting.for((resolve, reject) => {
      const end = transactions.wait(envelope, (receipt) => {
        if (receipt !== undefined) resolve(receipt)
        else reject(new Refused('another envelope has used the sequence number: sign it with the next one'))
      })
      transactions.submit(envelope, (refusal) => {
        if (refusal === undefined || refusal === 'duplicate') return
        end()
        reject(new Refused(`the envelope is refused: ${refusal}`))
      })
    })
  }

  /** The last sequence number that a sender has used; null without an account. */
  sequence(sender: PublicKey): number | null {
    return this.#running.ledger.sequence(sender) ?? null
  }

  /** Decisions under a topic after a place, as they are made; those that are kept come first. */
  follow(topic: string, after: Place): AsyncGenerator<DecidedBlock> {
    return follow(this.#seat, topic, after)
  }

  /** What shows the block at a height to be final. */
  finalityOf(height: number): Promise<FinalityProof> {
    return finalityOf(this.#running, height)
  }

  /** The bytes that prove a transaction to who has the genesis. */
  prove(height: number, index: number): Promise<Uint8Array> {
    return prove(this.#running, height, index)
  }

  status(): ChainStatus {
    return statusOf(this.#args.id, this.#running, this.context.wall())
  }

  // --- from `ConsensusProtocol`: see `operations.ts` ---

  propose(transactions: readonly Transaction[]): Promise<Block> {
    return operations.propose(this.#seat, transactions)
  }

  judge(block: Block): Promise<boolean> {
    return operations.judge(this.#seat, block)
  }

  awaitFinal(block: Block): Promise<void> {
    return operations.awaitFinal(this.#seat, block)
  }

  reach(height: number): Promise<void> {
    return operations.reach(this.#seat, height)
  }

  punish(validator: string): Promise<void> {
    return operations.punish(this.#seat, validator)
  }

  optimize(report: PerformanceReport): Promise<Parameters> {
    return operations.optimize(this.#seat, report)
  }

  adapt(conditions: { readonly roundTripMs: number }): Promise<Parameters> {
    return operations.adapt(this.#seat, conditions)
  }

  /** What it says in place of what the protocol has it say: nothing else, but for rehearsals. */
  protected speech(_args: ValidatorArgs): Speech | undefined {
    return undefined
  }

  get #running(): ValidatorNode {
    if (this.#node === undefined || this.#waiting.isOver) throw new Refused(STARTING)
    return this.#node
  }

  async #meetAll(): Promise<void> {
    const { self } = this.context
    for (const [path, key] of this.#keyByPath) {
      if (path === self.path) continue
      const peer = (await this.context.lookup(path)) as ActorRef<ValidatorActor> | undefined
      if (peer === undefined) continue
      this.#peers.set(key, peer)
      peer.tell.meet(this.#args.keys.publicKey, self)
    }
  }

  async #openArchive(): Promise<BlockArchive> {
    const { storage, folder } = this.#args
    if (storage === 'volatile') return new VolatileBlocks()
    const store = await BlockStore.open({ folder: join(folder, 'blocks') })
    return store
  }

  async #machines(): Promise<MachineFactory | undefined> {
    const { machines } = this.#args
    if (machines === undefined) return undefined
    const module = (await import(machines)) as { machines: (crypto: Crypto) => readonly StateMachine[] }
    return () => module.machines(crypto)
  }
}

function envelopeIn(bytes: Uint8Array): Envelope {
  try {
    return decode(bytes, readEnvelope)
  } catch (error) {
    throw new Refused(`the envelope is refused: ${(error as Error).message}`)
  }
}
