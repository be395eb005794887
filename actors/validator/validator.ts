/**
 * The validator actor: a node on its thread, with the actor's clock, timers and messages as its world.
 *
 *   validator ◄── frames ──► validator          all under /system/validators/local
 *       └── votes ──► journal ──► persisted
 */
import { join } from 'node:path'
import { decode } from '../../protocols/consensus/codec/bytes.ts'
import { readEnvelope } from '../../protocols/consensus/codec/envelope.ts'
import { encodeProofFile } from '../../protocols/consensus/codec/proof-file.ts'
import type { Genesis, Parameters } from '../../protocols/consensus/genesis.ts'
import { adaptToNetwork } from '../../protocols/consensus/learning/optimizer.ts'
import { proveInclusion } from '../../protocols/consensus/ledger/inclusion.ts'
import type { ChainState, MachineFactory } from '../../protocols/consensus/state/chain-state.ts'
import type { LoggedDecision, Place } from '../../protocols/consensus/state/decisions.ts'
import type { StateMachine } from '../../protocols/consensus/state/machine.ts'
import { type PerformanceReport, tuningTransaction } from '../../protocols/consensus/state/tuning.ts'
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
import { finalityOfRun } from '../../storage/block-store/entries.ts'
import { VolatileBlocks } from '../../storage/block-store/volatile.ts'
import { crypto, type KeyPair } from './crypto.ts'
import type { Journal } from './journal.ts'
import { couldBeNext, isFinal } from './node/judging.ts'
import { type NodeListeners, type Speech, ValidatorNode } from './node/node.ts'
import type { KeptRecord } from './node/ports.ts'
import type { Receipt } from './node/receipts.ts'
import type { TransactionReceipt } from './node/submitter.ts'
import { suggestionOf } from './node/tuner.ts'
import { JOURNAL_PATH, LOCAL_PATH } from './places.ts'
import { STARTING } from './reach.ts'
import { type ChainStatus, describeAlert, namesOf, statusOf } from './status.ts'
import { worldOf } from './world.ts'

/** The module of the class, which every thread imports. */
export const VALIDATOR_MODULE = import.meta.url
/** Frames of many peers, envelopes of clients and asks of agents; more than that is refused and sent again. */
const MAILBOX = 100_000
/** A third of them may be faulty, less than that. */
const FEWEST_FOR_A_FAULT = 4
/** Decisions that a follower gets at a time. */
const FOLLOWED = 256

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

/** Decisions of one block under a topic, with what shows the block to be final, as far as that is still kept. */
export interface DecidedBlock {
  readonly decisions: readonly LoggedDecision[]
  readonly finality: FinalityProof | undefined
}

export class ValidatorActor extends Actor<ValidatorActor> {
  static override reentrant = true
  static override mailbox = { size: MAILBOX }
  readonly #args: ValidatorArgs
  /** Tells answers for this instance from those for one before. */
  readonly #life: number
  readonly #peers = new Map<PublicKey, ActorRef<ValidatorActor>>()
  readonly #keyByPath = new Map<string, PublicKey>()
  #journal!: ActorRef<Journal>
  #archive: BlockArchive | undefined
  #node: ValidatorNode | undefined
  #changed = Promise.withResolvers<void>()
  readonly #waiting = new Set<(error: Error) => void>()
  #abandoned = false

  constructor(args: ValidatorArgs) {
    super()
    this.#args = args
    this.#life = this.context.wall() + this.context.random()
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
    const { genesis, keys } = this.#args
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
        failing: () => this.#abandon(),
      }),
      listeners: this.#listeners(),
      speech: this.speech(this.#args),
    })
    this.#warnOfFew()
    for (const sentence of this.#node.damaged) this.context.log.error(sentence)
    await this.#meetAll()
    this.#node.start()
  }

  override async onStop(): Promise<void> {
    const node = this.#node
    // Who waits for the next change is told with it that none comes from here.
    this.#node = undefined
    this.#changed.resolve()
    await node?.close()
    await this.#archive?.close()
  }

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
    if (this.context.sender?.path === JOURNAL_PATH) this.#abandon()
  }

  /** What came meanwhile can be handled together now. */
  flush(): void {
    this.#node?.flush()
  }

  /** Sends a transaction under this validator's key; resolves when it is final. */
  submit(transaction: Transaction): Promise<TransactionReceipt> {
    const { submitter } = this.#running
    return this.#waitFor((resolve, reject) =>
      submitter.submit(transaction, resolve, (reason) => reject(new Refused(reason))),
    )
  }

  /**
   * Takes in an envelope that its sender has signed, as bytes: one value to copy in place of one for each transaction.
   * Resolves when it is final. Refuses what can't become so.
   */
  submitEnvelope(bytes: Uint8Array): Promise<Receipt> {
    const node = this.#running
    const envelope = envelopeIn(bytes)
    return this.#waitFor((resolve, reject) => {
      const end = node.awaitEnvelope(envelope, (receipt) => {
        if (receipt !== undefined) resolve(receipt)
        else reject(new Refused('another envelope has used the sequence number: sign it with the next one'))
      })
      node.submitEnvelope(envelope, (refusal) => {
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
  async *follow(topic: string, after: Place): AsyncGenerator<DecidedBlock> {
    let place = after
    for (;;) {
      const changed = this.#changed.promise
      const node = this.#running
      const { decisions } = node.ledger.state
      if (place.height > 0 && place.height < decisions.prunedHeight)
        throw new Refused(`decisions up to height ${decisions.prunedHeight} are no longer kept`)
      const news = decisionsAfter(node.ledger.state, place)
      for (const block of byBlock(news.filter((decision) => decision.topic === topic)))
        yield { decisions: block, finality: await node.finalityOf(block[0]!.height) }
      const last = news.at(-1)
      if (last !== undefined) place = { height: last.height, index: last.index }
      else await changed
    }
  }

  /** What shows the block at a height to be final. */
  async finalityOf(height: number): Promise<FinalityProof> {
    const finality = await this.#running.finalityOf(height)
    if (finality === undefined) throw new Refused(`what shows block ${height} to be final is no longer kept`)
    return finality
  }

  /** The bytes that prove a transaction to who has the genesis. */
  async prove(height: number, index: number): Promise<Uint8Array> {
    const node = this.#running
    const run = await node.runAt(height)
    const block = run?.blocks.find(({ header }) => header.height === height)
    if (run === undefined || block === undefined) throw new Refused(`block ${height} is no longer kept`)
    const inclusion = proveInclusion(block.envelopes, index, crypto)
    if (inclusion === undefined) throw new Refused(`block ${height} has no transaction ${index}`)
    const transaction = { finality: finalityOfRun(run, height), inclusion }
    // The newest may be on its way to the disk.
    await node.stored()
    const epochs = await this.#archive!.epochProofs(0)
    const { epoch } = block.header
    if (epochs.length < epoch)
      throw new Refused(`the proofs of the epochs from ${epochs.length} to ${epoch} are no longer kept here`)
    return encodeProofFile({ epochs: epochs.slice(0, epoch), transaction })
  }

  /** Sends transactions in one envelope; gives the block that holds them once it is final. */
  async propose(transactions: readonly Transaction[]): Promise<Block> {
    const node = this.#running
    const { height } = await this.#waitFor<Receipt>((resolve, reject) =>
      node.submitter.submitTogether(transactions, resolve, (reason) => reject(new Refused(reason))),
    )
    return (await node.blockAt(height))!
  }

  /** Whether a block is final or could come next. */
  async judge(block: Block): Promise<boolean> {
    return (await isFinal(this.#running, block)) ?? couldBeNext(this.#running, block)
  }

  /** Resolves when the block is final. */
  async awaitFinal(block: Block): Promise<void> {
    const { height } = block.header
    await this.reach(height)
    if ((await isFinal(this.#running, block)) !== true)
      throw new Refused(`another block is final at height ${height}`)
  }

  /** Resolves when this height is final here. */
  async reach(height: number): Promise<void> {
    await this.#until(() => this.#running.core.height >= height)
  }

  /** Resolves when a validator, by name or key, has been punished for what there is proof of. */
  async punish(validator: string): Promise<void> {
    const key = this.#args.genesis.validators.find(({ id }) => id === validator)?.public_key ?? validator
    const node = this.#running
    const { staking } = node.ledger.state
    const isJailed = () => (staking.holding(key)?.jailedUntil ?? 0) > 0
    if (isJailed()) return
    if (!node.bringToJustice(key))
      throw new Refused(
        `there is no proof against ${validator}: only votes that contradict each other are punished`,
      )
    await this.#until(isJailed)
  }

  /** Reports how fast it was and suggests parameters by what the chain has learnt. */
  async optimize(report: PerformanceReport): Promise<Parameters> {
    const { tuning } = this.#running.ledger.state
    const parameters = suggestionOf(tuning, this.#args.genesis, () => this.context.random())
    await this.#accepted(tuningTransaction({ kind: 'report', report }))
    await this.#accepted(tuningTransaction({ kind: 'suggest', parameters }))
    return parameters
  }

  /** Suggests parameters by what the network is like. */
  async adapt(conditions: { readonly roundTripMs: number }): Promise<Parameters> {
    const { tuning } = this.#running.ledger.state
    const parameters = adaptToNetwork(conditions, tuning.next, this.#args.genesis.bounds)
    await this.#accepted(tuningTransaction({ kind: 'suggest', parameters }))
    return parameters
  }

  status(): ChainStatus {
    return statusOf(this.#args.id, this.#running, this.context.wall())
  }

  async #accepted(transaction: Transaction): Promise<void> {
    const { outcome } = await this.submit(transaction)
    if (!outcome.ok) throw new Refused(outcome.reason)
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#changed.promise
  }

  /** What it says in place of what the protocol has it say: nothing else, but for rehearsals. */
  protected speech(_args: ValidatorArgs): Speech | undefined {
    return undefined
  }

  /** For what may take long: it is given up where this validator can't go on. */
  #waitFor<T>(begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const leave = () => this.#waiting.delete(reject)
    this.#waiting.add(reject)
    promise.then(leave, leave)
    begin(resolve, reject)
    return promise
  }

  /** An actor ends only when its handlers have, so that those which wait for what may never come would hold it up. */
  #abandon(): void {
    this.#abandoned = true
    for (const reject of this.#waiting) reject(new Refused(STARTING))
    this.#changed.resolve()
  }

  get #running(): ValidatorNode {
    if (this.#node === undefined || this.#abandoned) throw new Refused(STARTING)
    return this.#node
  }

  /** One of them says it for all. */
  #warnOfFew(): void {
    const { id, genesis } = this.#args
    const { validators } = genesis
    if (validators.length >= FEWEST_FOR_A_FAULT || validators[0]!.id !== id) return
    this.context.log.warn(
      `${validators.length} validators tolerate no fault: nothing is decided while one is missing, and one that lies is not stopped. ${FEWEST_FOR_A_FAULT} tolerate one`,
    )
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

  #listeners(): NodeListeners {
    const { log } = this.context
    const nameOf = namesOf(this.#args)
    return {
      committed: () => {
        this.#changed.resolve()
        this.#changed = Promise.withResolvers()
      },
      accused: ({ offender, first }) =>
        log.error(
          { validator: nameOf(offender), epoch: first.epoch, view: first.view },
          `${nameOf(offender)} has signed two votes that contradict each other; it loses stake and leaves the set with the next epoch`,
        ),
      alert: (alert) => log.warn({ ...alert }, describeAlert(alert, nameOf)),
    }
  }
}

function envelopeIn(bytes: Uint8Array): Envelope {
  try {
    return decode(bytes, readEnvelope)
  } catch (error) {
    throw new Refused(`the envelope is refused: ${(error as Error).message}`)
  }
}

function decisionsAfter({ decisions }: ChainState, place: Place): LoggedDecision[] {
  return [...decisions.after(place).take(FOLLOWED)]
}

function byBlock(decisions: readonly LoggedDecision[]): LoggedDecision[][] {
  return [...Map.groupBy(decisions, ({ height }) => height).values()]
}
