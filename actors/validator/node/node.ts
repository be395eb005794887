/**
 * One validator at work: the pure core, its ledger, and what both need of the world, which comes in by `Ports`.
 *
 *   frame ──► core ──► sign ─► persist ─► send           envelope ──► intake ──► pool ──► core: work
 *               └────► committed ──► receipts, block store, followers
 *
 * Calls are turns of one after the other; none waits. It is no actor, so that all of it runs in a test by itself.
 */

import { decodeRecord } from '../../../protocols/consensus/codec/record.ts'
import type { SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import { type EpochSeed, genesisSeed } from '../../../protocols/consensus/epoch.ts'
import type { ConsensusEffect, VoteRecord } from '../../../protocols/consensus/events.ts'
import { type Genesis, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { EpochProof } from '../../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../../protocols/consensus/messages.ts'
import type { Block, FinalityProof, Hash, PublicKey } from '../../../protocols/consensus/types.ts'
import { Validator } from '../../../protocols/consensus/validator.ts'
import { crypto, signatureOf } from '../crypto.ts'
import { BlockKeeping } from './block-keeping.ts'
import { CatchingUp } from './catching-up.ts'
import { Checks } from './checks.ts'
import { Driver } from './driver.ts'
import { EpochRefill } from './epoch-refill.ts'
import { Exchange } from './exchange.ts'
import { Findings } from './findings.ts'
import type { Frame } from './frame.ts'
import { Measurements } from './measurements.ts'
import { honest, type NodeOptions } from './options.ts'
import { collected } from './restoring.ts'
import { Settling } from './settling.ts'
import { Standstill } from './standstill.ts'
import { Transactions } from './transactions.ts'
import { Tuner } from './tuner.ts'
import { VoteKeeping } from './vote-keeping.ts'

export class ValidatorNode {
  readonly genesis: Genesis
  readonly chainId: Hash
  readonly self: PublicKey
  readonly measurements = new Measurements()
  readonly transactions: Transactions
  /** What it has found out about others. */
  readonly findings: Findings
  /** What of the archive is not as it was written, a sentence each; the other validators have it. */
  damaged: readonly string[] = []
  readonly #options: NodeOptions
  readonly #records: readonly VoteRecord[]
  readonly #keeping: BlockKeeping
  readonly #votes: VoteKeeping
  readonly #checks: Checks
  readonly #exchange: Exchange
  readonly #settling: Settling
  readonly #catchingUp: CatchingUp
  readonly #refill: EpochRefill
  readonly #standstill: Standstill
  readonly #driver: Driver
  /** What waited for the disk and has something to say. */
  readonly #later: (() => void)[] = []
  #closing = false
  #wakeAtMs = Number.POSITIVE_INFINITY

  /** Goes on with what the archive and the records hold, or begins with the genesis. */
  static async open(options: NodeOptions): Promise<ValidatorNode> {
    const { snapshot, runs, damaged } = await options.archive.load()
    const node = new ValidatorNode(options)
    node.damaged = damaged
    if (snapshot !== undefined) {
      node.ledger.restore(collected(snapshot))
      node.#driver.core = node.#newCore(snapshot.seed)
    }
    for await (const run of runs) {
      node.core.replay(run)
      node.#settling.replayed(run)
    }
    return node
  }

  private constructor(options: NodeOptions) {
    const { genesis, keys, machines, archive, ports, listeners = {} } = options
    const now = () => ports.now()
    const random = () => ports.random()
    const soon = () => ports.soon()
    const failed = (error: unknown) => ports.failed(error)
    const inTurn = (run: () => void) => this.#inTurn(run)
    const epoch = () => this.core.epoch
    const invalid = (peer: PublicKey, what: string) => this.findings.suspect(peer, what)
    this.#options = options
    this.genesis = genesis
    this.chainId = hashGenesis(genesis, crypto)
    this.self = keys.publicKey
    this.findings = new Findings(listeners, now)
    this.#records = options.records.map(({ bytes }) => decodeRecord(bytes))
    this.#standstill = new Standstill(this.#records, genesis)
    this.#keeping = new BlockKeeping(archive, {
      pause: (ms) => ports.pause(ms),
      stored: ({ certificate }) => inTurn(() => this.#votes.stored(certificate)),
      failed,
    })
    const newest = options.records.reduce((most, { view }) => Math.max(most, view), 0)
    this.#votes = new VoteKeeping(ports.journal, newest, () => this.#keeping.isBehind)
    this.#checks = new Checks(ports.verify)
    this.transactions = new Transactions({
      ...{ genesis, chainId: this.chainId, keys, machines, checks: this.#checks, now, soon, invalid },
      measurements: this.measurements,
      added: () => this.#driver.step({ kind: 'work' }),
      spread: (envelope) => this.#exchange.spread(envelope),
    })
    const { receipts, submitter } = this.transactions
    this.#settling = new Settling({
      ...{ ledger: this.ledger, archive, keeping: this.#keeping, receipts },
      ...{ measurements: this.measurements, tuner: new Tuner(genesis), now, random, epoch },
      submit: (transaction) => submitter.submit(transaction, ignore, ignore),
    })
    this.#exchange = new Exchange({
      ...{ link: ports.link, measurements: this.measurements, now, soon, invalid },
      speech: options.speech ?? honest,
      heard: (from, frame) => this.#hear(from, frame),
    })
    const shared = {
      ...{ self: this.self, genesis, archive, keeping: this.#keeping, now, invalid, inTurn, failed },
      validators: () => epoch().set,
      sync: (to: PublicKey | 'all', message: SyncMessage) => this.#exchange.sync(to, message),
    }
    this.#refill = new EpochRefill(shared)
    this.#catchingUp = new CatchingUp({
      ...shared,
      height: () => this.core.height,
      application: () => new Ledger({ genesis, crypto, machines }),
      say: (to, message) => this.#exchange.say(to, message),
      caughtUp: ({ seed }) => ports.startAnew(seed.tip.height),
    })
    this.#driver = new Driver(this.#newCore(genesisSeed(genesis, this.chainId, this.ledger.root(), crypto)), {
      now,
      carryOut: (effect) => this.#carryOut(effect),
      done: () => this.#schedule(),
    })
  }

  get ledger(): Ledger {
    return this.transactions.ledger
  }

  get core(): Validator {
    return this.#driver.core
  }

  /** Why this validator is silent and can't help itself: a sentence that tells what to do. */
  get standstill(): string | undefined {
    return this.#standstill.problem
  }

  /** Begins to take part. */
  start(): void {
    this.#settling.start()
    this.#driver.start()
    this.#refill.look()
  }

  /** A peer sent this; the link vouches for who that is. */
  receive(from: PublicKey, frame: Uint8Array): void {
    this.#exchange.receive(from, frame)
  }

  persisted(token: number): void {
    this.#driver.step({ kind: 'persisted', token })
  }

  verified(token: number, valid: readonly boolean[]): void {
    this.#checks.answer(token, valid)
  }

  tick(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    // Where too much waits, the wish to flush may have been lost.
    this.flush()
    this.transactions.submitter.tick()
    this.#catchingUp.tick()
    this.#refill.tick()
    this.#driver.step({ kind: 'tick' })
  }

  flush(): void {
    this.#exchange.flush()
    for (const run of this.#later.splice(0)) run()
    this.transactions.flush()
    this.#schedule()
  }

  /** What shows the block at a height to be final; undefined where that is not known here any more. */
  finalityOf(height: number): Promise<FinalityProof | undefined> {
    return this.#settling.finalityOf(height)
  }

  /** The proofs of the epochs before this one; undefined where some are missing, which are then sought. */
  async epochProofs(before: number): Promise<EpochProof[] | undefined> {
    // The newest may be on its way to the disk.
    await this.#keeping.settled()
    const proofs = await this.#options.archive.epochProofs(0, before)
    if (proofs.length === before) return proofs
    this.#inTurn(() => this.#refill.look())
    return undefined
  }

  runAt(height: number): Promise<CertifiedBlocks | undefined> {
    return this.#keeping.runAt(height)
  }

  async blockAt(height: number): Promise<Block | undefined> {
    return (await this.runAt(height))?.blocks.find(({ header }) => header.height === height)
  }

  /** Puts proof against a validator that was found here into a block; false where there is none. */
  bringToJustice(offender: PublicKey): boolean {
    const evidence = this.findings.against(offender)
    if (evidence === undefined) return false
    this.ledger.accuse(evidence)
    this.#driver.step({ kind: 'work' })
    return true
  }

  /** Ends when all that is final here is stored. */
  close(): Promise<void> {
    this.#closing = true
    return this.#keeping.close()
  }

  #newCore(seed: EpochSeed): Validator {
    return new Validator({
      ...{ self: this.self, genesis: this.genesis, chainId: this.chainId, crypto, seed },
      ...{ application: this.ledger, records: this.#records },
    })
  }

  /** Only in a turn does what is said have a sender, and after waiting there is none. */
  #inTurn(run: () => void): void {
    if (!this.#closing && this.#later.push(run) === 1) this.#options.ports.soon()
  }

  #hear(from: PublicKey, frame: Frame): void {
    switch (frame.kind) {
      case 'consensus':
        return this.#driver.step({ kind: 'message', from, message: frame.message })
      case 'envelope':
        return this.transactions.hear(from, frame.envelope)
      case 'sync':
        if (frame.message.kind === 'proofs') this.#refill.message(from, frame.message)
        else this.#catchingUp.message(from, frame.message)
        return this.#schedule()
    }
  }

  #carryOut(effect: ConsensusEffect): void {
    const { keys, listeners } = this.#options
    switch (effect.kind) {
      case 'send':
        return this.#exchange.speak(effect)
      case 'sign': {
        const { token, bytes } = effect
        return this.#driver.step({ kind: 'signed', token, signature: signatureOf(bytes, keys) })
      }
      case 'persist':
        return this.#votes.keep(effect.token, effect.records)
      case 'verify': {
        const { token, checks } = effect
        return this.#checks.run(checks, (valid) => this.#driver.step({ kind: 'verified', token, valid }))
      }
      case 'committed':
        this.#settling.committed({ kind: 'chain', blocks: effect.blocks, certificate: effect.certificate })
        return listeners?.committed?.()
      case 'serve':
        return void this.#catchingUp.serve(effect.to, effect.height)
      case 'epoch':
        this.#settling.epoch(effect.seed)
        return this.#refill.look()
      case 'accused':
        return this.findings.accuse(effect.evidence)
      case 'alert':
        return this.findings.alert(effect.alert)
    }
  }

  #schedule(): void {
    const { listeners, ports } = this.#options
    const { height, view, epoch } = this.core
    if (this.#standstill.look({ height, view, epoch: epoch.set.epoch }, ports.now()))
      listeners?.standstill?.(this.#standstill.problem!)
    const dueMs = Math.min(
      ...[this.core.dueMs, this.transactions.submitter.dueMs, this.#catchingUp.dueMs],
      ...[this.#refill.dueMs, this.#standstill.dueMs],
    )
    if (dueMs === this.#wakeAtMs || dueMs === Number.POSITIVE_INFINITY) return
    this.#wakeAtMs = dueMs
    ports.wakeAt(dueMs)
  }
}

function ignore(): void {}
