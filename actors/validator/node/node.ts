/**
 * One validator at work: the pure core, its ledger, and what both need of the world, which comes in by `Ports`.
 *
 *   frame ──► core ──► sign ─► persist ─► send           envelope ──► intake ──► pool ──► core: work
 *               └────► committed ──► receipts, block store, followers
 *
 * Calls are turns of one after the other; none waits. It is no actor, so that all of it runs in a test by itself.
 */
import { decodeRecord } from '../../../protocols/consensus/codec/record.ts'
import { type EpochSeed, genesisSeed } from '../../../protocols/consensus/epoch.ts'
import { MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import type { Alert, ConsensusEffect, ConsensusEvent } from '../../../protocols/consensus/events.ts'
import { type Genesis, hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { CertifiedBlocks, Message } from '../../../protocols/consensus/messages.ts'
import type { MachineFactory } from '../../../protocols/consensus/state/chain-state.ts'
import { SnapshotCollector } from '../../../protocols/consensus/state/snapshot.ts'
import type {
  Block,
  Envelope,
  Evidence,
  FinalityProof,
  Hash,
  PublicKey,
} from '../../../protocols/consensus/types.ts'
import { Validator } from '../../../protocols/consensus/validator.ts'
import type { BlockArchive } from '../../../storage/block-store/block-archive.ts'
import { crypto, type KeyPair, signatureOf } from '../crypto.ts'
import { BlockKeeping } from './block-keeping.ts'
import { CatchingUp } from './catching-up.ts'
import { Checks } from './checks.ts'
import { RecentFinality } from './finality.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { Intake, type IntakeRefusal } from './intake.ts'
import { Measurements } from './measurements.ts'
import type { KeptRecord, Ports } from './ports.ts'
import { type ReceiptListener, Receipts } from './receipts.ts'
import { Submitter } from './submitter.ts'
import { Tuner } from './tuner.ts'
import { VoteKeeping } from './vote-keeping.ts'

/** Alerts and accusations that are kept to be shown, the newest. */
const REMEMBERED = 64

export interface NodeOptions {
  readonly genesis: Genesis
  readonly keys: KeyPair
  readonly machines?: MachineFactory
  readonly archive: BlockArchive
  /** What the journal has of this validator. */
  readonly records: readonly KeptRecord[]
  readonly ports: Ports
  readonly listeners?: NodeListeners
  /** What it really says in place of what the protocol has it say: for rehearsing faults. */
  readonly speech?: Speech | undefined
}

/** Called with each message that is to be sent; `say` sends one. */
export type Speech = (sent: Sent, say: (to: PublicKey | 'all', message: Message) => void) => void

export interface NodeListeners {
  /** Blocks have become final. */
  committed?(): void
  alert?(alert: Alert): void
  accused?(evidence: Evidence): void
}

export type Sent = Extract<ConsensusEffect, { kind: 'send' }>

export class ValidatorNode {
  readonly genesis: Genesis
  readonly chainId: Hash
  readonly self: PublicKey
  readonly ledger: Ledger
  readonly measurements = new Measurements()
  /** Sends transactions under this validator's key. */
  readonly submitter: Submitter
  readonly alerts: { readonly atMs: number; readonly alert: Alert }[] = []
  readonly accusations: Evidence[] = []
  /** What of the archive is not as it was written, a sentence each; the other validators have it. */
  damaged: readonly string[] = []
  readonly #keys: KeyPair
  readonly #records: readonly KeptRecord[]
  readonly #ports: Ports
  readonly #listeners: NodeListeners
  readonly #speech: Speech
  readonly #archive: BlockArchive
  readonly #keeping: BlockKeeping
  readonly #votes: VoteKeeping
  readonly #checks: Checks
  readonly #finality = new RecentFinality()
  readonly #receipts = new Receipts()
  readonly #intake: Intake
  readonly #tuner: Tuner
  readonly #catchingUp: CatchingUp
  #core: Validator
  readonly #events: ConsensusEvent[] = []
  /** What waited for the disk and has something to say. */
  readonly #later: (() => void)[] = []
  #closing = false
  #stepping = false
  #wakeAtMs = Number.POSITIVE_INFINITY

  /** Goes on with what the archive and the records hold, or begins with the genesis. */
  static async open(options: NodeOptions): Promise<ValidatorNode> {
    const { snapshot, runs, damaged } = await options.archive.load()
    const node = new ValidatorNode(options)
    node.damaged = damaged
    if (snapshot !== undefined) {
      const collector = new SnapshotCollector(snapshot.snapshot.manifest, crypto)
      snapshot.snapshot.chunks.forEach((chunk, index) => void collector.add(index, chunk))
      node.ledger.restore(collector)
      node.#core = node.#newCore(snapshot.seed)
    }
    for await (const run of runs) {
      node.#core.replay(run)
      node.#finality.add(run)
    }
    return node
  }

  private constructor(options: NodeOptions) {
    const { genesis, keys, machines, archive, ports, listeners = {}, speech = honest } = options
    this.genesis = genesis
    this.chainId = hashGenesis(genesis, crypto)
    this.self = keys.publicKey
    this.#keys = keys
    this.#ports = ports
    this.#listeners = listeners
    this.#speech = speech
    this.#archive = archive
    this.ledger = new Ledger({
      ...{ genesis, crypto, machines },
      events: {
        outcome: (_, outcome) => this.#receipts.outcome(outcome),
        applied: (block) => this.#receipts.applied(block),
        dropped: ({ envelope }) => this.measurements.dropped(envelope),
      },
    })
    this.#records = options.records
    this.#keeping = new BlockKeeping(archive, {
      stored: ({ certificate }) => this.#inTurn(() => this.#votes.stored(certificate)),
      failed: (error) => ports.failed(error),
    })
    const newest = this.#records.reduce((most, { view }) => Math.max(most, view), 0)
    this.#votes = new VoteKeeping(ports.journal, newest, () => this.#keeping.isBehind)
    this.#checks = new Checks(ports.verify)
    this.#intake = new Intake(this.ledger, this.chainId, {
      verify: (checks, done) => this.#checks.run(checks, done),
      soon: () => ports.soon(),
      added: () => this.#step({ kind: 'work' }),
    })
    this.submitter = new Submitter({
      ...{ self: this.self, chain: this.chainId, receipts: this.#receipts },
      maxTransactions: genesis.max_transactions_per_block,
      maxBytes: genesis.max_block_size / 2,
      now: () => ports.now(),
      sign: (bytes) => signatureOf(bytes, keys),
      sequence: () => this.ledger.sequence(this.self),
      offer: (envelope, refused) =>
        this.submitEnvelope(envelope, (refusal) => refusal !== undefined && refused(refusal)),
      soon: () => ports.soon(),
    })
    this.#tuner = new Tuner(genesis)
    this.#catchingUp = new CatchingUp({
      ...{ genesis, archive, keeping: this.#keeping },
      now: () => ports.now(),
      height: () => this.core.height,
      validators: () => this.core.epoch.set,
      application: () => new Ledger({ genesis, crypto, machines }),
      say: (to, message) => this.#send(to, message),
      sync: (to, message) => this.#sendFrame(to, { kind: 'sync', message }),
      invalid: (validator, what) => this.#alert({ kind: 'invalid', validator, what }),
      caughtUp: ({ seed }) => ports.startAnew(seed.tip.height),
      inTurn: (run) => this.#inTurn(run),
      failed: (error) => ports.failed(error),
    })
    this.#core = this.#newCore(genesisSeed(genesis, this.chainId, this.ledger.root(), crypto))
  }

  get core(): Validator {
    return this.#core
  }

  /** Begins to take part. */
  start(): void {
    this.measurements.beginEpoch(this.#ports.now())
    this.#run(() => this.#core.start(this.#ports.now()))
  }

  /** A peer sent this; the link vouches for who that is. */
  receive(from: PublicKey, bytes: Uint8Array): void {
    let frame: Frame
    try {
      frame = decodeFrame(bytes)
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error
      return this.#alert({ kind: 'invalid', validator: from, what: `a frame: ${error.message}` })
    }
    switch (frame.kind) {
      case 'consensus': {
        const { message } = frame
        if (message.kind === 'vote' && message.vote.kind === 'notarize')
          this.measurements.heardVote(message.vote.view, this.#ports.now())
        return this.#step({ kind: 'message', from, message })
      }
      case 'envelope':
        return this.#takeIn(frame.envelope, () => {})
      case 'sync':
        this.#catchingUp.message(from, frame.message)
        return this.#schedule()
    }
  }

  persisted(token: number): void {
    this.#step({ kind: 'persisted', token })
  }

  verified(token: number, valid: readonly boolean[]): void {
    this.#checks.answer(token, valid)
  }

  tick(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    this.submitter.tick()
    this.#catchingUp.tick()
    this.#step({ kind: 'tick' })
  }

  flush(): void {
    for (const run of this.#later.splice(0)) run()
    this.submitter.flush()
    this.#intake.flush()
    this.#schedule()
  }

  /** Takes in an envelope of a client and spreads it; tells why not. */
  submitEnvelope(envelope: Envelope, then: (refusal: IntakeRefusal | undefined) => void): void {
    this.#takeIn(envelope, (refusal) => {
      // The others may have lost what is here already.
      if (refusal === undefined || refusal === 'duplicate')
        this.#sendFrame('all', { kind: 'envelope', envelope })
      then(refusal)
    })
  }

  /** Tells when the envelope is final; the returned function ends the waiting. */
  awaitEnvelope(envelope: Envelope, listener: ReceiptListener): () => void {
    return this.#receipts.wait(envelope, listener)
  }

  /** What shows the block at a height to be final; undefined where that is not known here any more. */
  async finalityOf(height: number): Promise<FinalityProof | undefined> {
    return this.#finality.at(height) ?? (await this.#archive.finalityOf(height))
  }

  /** Resolves when what is final by now is stored. */
  stored(): Promise<void> {
    return this.#keeping.settled()
  }

  runAt(height: number): Promise<CertifiedBlocks | undefined> {
    return this.#keeping.runAt(height)
  }

  async blockAt(height: number): Promise<Block | undefined> {
    return (await this.runAt(height))?.blocks.find(({ header }) => header.height === height)
  }

  /** Puts proof against a validator that was found here into a block; false where there is none. */
  bringToJustice(offender: PublicKey): boolean {
    const evidence = this.accusations.findLast((one) => one.offender === offender)
    if (evidence === undefined) return false
    this.ledger.accuse(evidence)
    this.#step({ kind: 'work' })
    return true
  }

  /** Ends when all that is final here is stored. */
  close(): Promise<void> {
    this.#closing = true
    return this.#keeping.close()
  }

  /** Only in a turn does what is said have a sender, and after waiting there is none. */
  #inTurn(run: () => void): void {
    if (this.#closing) return
    if (this.#later.push(run) === 1) this.#ports.soon()
  }

  #newCore(seed: EpochSeed): Validator {
    return new Validator({
      ...{ self: this.self, genesis: this.genesis, chainId: this.chainId, crypto, seed },
      application: this.ledger,
      records: this.#records.map(({ bytes }) => decodeRecord(bytes)),
    })
  }

  #takeIn(envelope: Envelope, then: (refusal: IntakeRefusal | undefined) => void): void {
    this.#intake.add(envelope, (refusal) => {
      if (refusal === undefined) this.measurements.arrived(envelope, this.#ports.now())
      then(refusal)
    })
  }

  // --- the core ---

  #step(event: ConsensusEvent): void {
    if (this.#stepping) this.#events.push(event)
    else this.#run(() => this.#core.step(event, this.#ports.now()))
  }

  /** Carries out the effects, in order, and then what follows from them. */
  #run(first: () => readonly ConsensusEffect[]): void {
    this.#stepping = true
    try {
      for (const effect of first()) this.#carryOut(effect)
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift())
        for (const effect of this.#core.step(next, this.#ports.now())) this.#carryOut(effect)
    } finally {
      this.#stepping = false
    }
    this.#schedule()
  }

  #carryOut(effect: ConsensusEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#speech(effect, (to, message) => this.#send(to, message))
      case 'sign': {
        const { token, bytes } = effect
        return this.#step({ kind: 'signed', token, signature: signatureOf(bytes, this.#keys) })
      }
      case 'persist':
        return this.#votes.keep(effect.token, effect.records)
      case 'verify': {
        const { token, checks } = effect
        return this.#checks.run(checks, (valid) => this.#step({ kind: 'verified', token, valid }))
      }
      case 'committed':
        return this.#committed({ kind: 'chain', blocks: effect.blocks, certificate: effect.certificate })
      case 'serve':
        return void this.#catchingUp.serve(effect.to, effect.height)
      case 'epoch':
        return this.#epoch(effect.seed)
      case 'accused':
        return this.#accused(effect.evidence)
      case 'alert':
        return this.#alert(effect.alert)
    }
  }

  #send(to: PublicKey | 'all', message: Message): void {
    if (message.kind === 'proposal') this.measurements.proposed(message.vote.view, this.#ports.now())
    this.#sendFrame(to, { kind: 'consensus', message })
  }

  #sendFrame(to: PublicKey | 'all', frame: Frame): void {
    const bytes = encodeFrame(frame)
    if (to === 'all') this.#ports.link.broadcast(bytes)
    else this.#ports.link.send(to, bytes)
  }

  #committed(run: CertifiedBlocks): void {
    const nowMs = this.#ports.now()
    this.#finality.add(run)
    this.measurements.final(run.blocks, run.certificate.signatures.length, nowMs)
    this.#keeping.keep(run)
    this.#receipts.final((height) => this.#finality.at(height)!)
    this.#tune(run.blocks.at(-1)!.header.height, nowMs)
    this.#listeners.committed?.()
  }

  /** An epoch begins: others can start from here, and this validator too. */
  #epoch(seed: EpochSeed): void {
    const { epoch, members } = seed.set
    const finality = this.#finality.at(seed.tip.height)!
    this.#keeping.keepEpoch(epoch - 1, { finality, validators: members })
    this.#keeping.keepSnapshot({ seed, snapshot: this.ledger.snapshot() })
    this.measurements.beginEpoch(this.#ports.now())
  }

  #tune(height: number, nowMs: number): void {
    const { epoch } = this.#core.epoch.set
    if (!this.#tuner.isDue(epoch, height, this.#core.epoch.last)) return
    const { tuning } = this.ledger.state
    const said = this.#tuner.speak(epoch, this.measurements.report(nowMs), tuning, () => this.#ports.random())
    const ignore = () => {}
    for (const transaction of said) this.submitter.submit(transaction, ignore, ignore)
  }

  #accused(evidence: Evidence): void {
    remember(this.accusations, evidence)
    this.#listeners.accused?.(evidence)
  }

  #alert(alert: Alert): void {
    remember(this.alerts, { atMs: this.#ports.now(), alert })
    this.#listeners.alert?.(alert)
  }

  #schedule(): void {
    const dueMs = Math.min(this.#core.dueMs, this.submitter.dueMs, this.#catchingUp.dueMs)
    if (dueMs === this.#wakeAtMs || dueMs === Number.POSITIVE_INFINITY) return
    this.#wakeAtMs = dueMs
    this.#ports.wakeAt(dueMs)
  }
}

const honest: Speech = ({ to, message }, say) => say(to, message)

function remember<T>(list: T[], item: T): void {
  list.push(item)
  if (list.length > REMEMBERED) list.shift()
}
