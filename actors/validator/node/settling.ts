/** What follows once blocks are final: they are measured, kept and shown to those who wait, and epochs begin. */
import type { Epoch, EpochSeed } from '../../../protocols/consensus/epoch.ts'
import type { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { CertifiedBlocks } from '../../../protocols/consensus/messages.ts'
import type { FinalityProof, Transaction, ValidatorSet } from '../../../protocols/consensus/types.ts'
import type { BlockArchive } from '../../../storage/block-store/block-archive.ts'
import type { BlockKeeping } from './block-keeping.ts'
import { RecentFinality } from './finality.ts'
import type { Measurements } from './measurements.ts'
import type { Receipts } from './receipts.ts'
import type { Tuner } from './tuner.ts'

export interface SettlingShell {
  readonly ledger: Ledger
  readonly archive: BlockArchive
  readonly keeping: BlockKeeping
  readonly receipts: Receipts
  readonly measurements: Measurements
  readonly tuner: Tuner
  now(): number
  random(): number
  /** In which this validator is. */
  epoch(): Epoch
  /** Sends a transaction under this validator's key. */
  submit(transaction: Transaction): void
}

export class Settling {
  readonly #shell: SettlingShell
  readonly #finality = new RecentFinality()
  /** Of the epoch whose blocks become final next. */
  #set: ValidatorSet | undefined

  constructor(shell: SettlingShell) {
    this.#shell = shell
  }

  start(): void {
    this.#set = this.#shell.epoch().set
    this.#shell.measurements.beginEpoch(this.#shell.now())
  }

  /** Final since before the start. */
  replayed(run: CertifiedBlocks): void {
    this.#finality.add(run)
  }

  committed(run: CertifiedBlocks): void {
    const { keeping, measurements, now, receipts } = this.#shell
    const { blocks, certificate } = run
    this.#finality.add(run)
    measurements.final(blocks, this.#set!.members, certificate.signatures.length, now())
    keeping.keep(run)
    receipts.final((height) => this.#finality.at(height)!)
    this.#tune(blocks.at(-1)!.header.height)
  }

  /** Others can start from here, and this validator too. */
  epoch(seed: EpochSeed): void {
    const { keeping, ledger, measurements, now } = this.#shell
    const { epoch, members } = seed.set
    const finality = this.#finality.at(seed.tip.height)!
    keeping.keepEpoch(epoch - 1, { finality, validators: members })
    keeping.keepSnapshot({ seed, snapshot: ledger.snapshot() })
    measurements.beginEpoch(now())
    this.#set = seed.set
  }

  /** What shows the block at a height to be final; undefined where that is not known here any more. */
  async finalityOf(height: number): Promise<FinalityProof | undefined> {
    return this.#finality.at(height) ?? (await this.#shell.archive.finalityOf(height))
  }

  #tune(height: number): void {
    const { epoch: present, ledger, measurements, now, random, submit, tuner } = this.#shell
    const { set, last } = present()
    if (!tuner.isDue(set.epoch, height, last)) return
    const said = tuner.speak(set.epoch, measurements.report(now()), ledger.state.tuning, random)
    for (const transaction of said) submit(transaction)
  }
}
