/**
 * What has to hold at every step, judged apart from the code under test: with numbers and checks of its own.
 *
 *   S1 S3  final blocks are one chain     S4  all execute the same transactions, none twice, limits kept
 *   S2     no view nullified and final    S5  certificates have more than two thirds, of the right epoch
 *   S6     no honest validator contradicts itself, and every vote was durable before it was sent
 *   S8     epochs begin and end where they should, with the validators that were certified
 *   S11    all have the same state
 */
import { hashHeader } from '../../../../protocols/consensus/codec/block.ts'
import { voteSigningBytes } from '../../../../protocols/consensus/codec/vote.ts'
import type { EpochSeed } from '../../../../protocols/consensus/epoch.ts'
import type { ConsensusEffect, VoteRecord } from '../../../../protocols/consensus/events.ts'
import { type Genesis, genesisValidators, hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import type { Message } from '../../../../protocols/consensus/messages.ts'
import {
  type Block,
  type Certificate,
  type Hash,
  NO_HASH,
  type ValidatorSet,
  type Vote,
} from '../../../../protocols/consensus/types.ts'
import { type Machine, nameOf } from './machine.ts'
import { crypto, isSigned } from './signing.ts'

/** Where a block was certified. */
interface Origin {
  readonly epoch: number
  readonly view: number
}

export class Invariants {
  readonly failures: string[] = []
  readonly #genesis: Genesis
  readonly #chain: Hash
  readonly #sets = new Map<number, ValidatorSet>()
  readonly #final: Hash[] = []
  readonly #used = new Set<number>()
  readonly #heights = new Map<Machine, number>()
  /** The transactions of each final block. */
  readonly #contents = new Map<Hash, string>()
  readonly #roots = new Map<number, Hash>()
  readonly #endings = new Map<string, { nullify: boolean; finalize: boolean; notarize: Hash | undefined }>()
  readonly #origins = new Map<Hash, readonly Origin[]>()
  readonly #votes = new Map<string, Vote[]>()
  readonly #nextSets = new Map<number, Hash>()
  readonly #seen = new WeakSet<Certificate>()
  readonly #accused = new Set<string>()

  constructor(genesis: Genesis) {
    this.#genesis = genesis
    this.#chain = hashGenesis(genesis, crypto)
    this.#sets.set(0, genesisValidators(genesis, crypto))
    this.#final[0] = this.#chain
  }

  get height(): number {
    return this.#final.length - 1
  }

  get accused(): ReadonlySet<string> {
    return this.#accused
  }

  watch(machine: Machine, effect: ConsensusEffect): void {
    if (effect.kind === 'send') this.#sent(machine, effect.message)
    else if (effect.kind === 'persist') {
      for (const record of effect.records)
        if (record.kind === 'certificate') this.#certified(record.certificate)
      this.#notarizes(machine, effect.records)
    } else if (effect.kind === 'committed') this.#committed(machine, effect.blocks, effect.certificate)
    else if (effect.kind === 'epoch') this.#epoch(effect.seed)
    else if (effect.kind === 'accused') this.#accused.add(effect.evidence.offender)
    else if (effect.kind === 'alert' && effect.alert.kind === 'diverged')
      this.#fail(`S11: ${machine.index} has another state at height ${effect.alert.height}`)
  }

  /** A machine starts from what it has on disk. */
  restarted(machine: Machine): void {
    this.#heights.set(machine, machine.durableHeight)
  }

  #sent(machine: Machine, message: Message): void {
    if (message.kind === 'proposal') this.#voted(machine, message.vote)
    else if (message.kind === 'vote') this.#voted(machine, message.vote)
    else if (message.kind === 'certificate') this.#certified(message.certificate)
  }

  #voted(machine: Machine, vote: Vote): void {
    if (!machine.votes.has(nameOf(vote))) this.#fail(`S6: ${machine.index} sent a vote that was not durable`)
    const key = `${machine.key} ${vote.epoch} ${vote.view}`
    const votes = this.#votes.get(key)
    if (votes === undefined) this.#votes.set(key, [vote])
    else if (!votes.some((earlier) => sameVote(earlier, vote))) {
      for (const earlier of votes)
        if (excludes(earlier, vote) || excludes(vote, earlier))
          this.#fail(
            `S6: ${machine.index} voted ${earlier.kind} and ${vote.kind} in view ${vote.view} of ${vote.epoch}`,
          )
      votes.push(vote)
    }
  }

  #notarizes(machine: Machine, records: readonly VoteRecord[]): void {
    const block = records.find((record) => record.kind === 'block')?.block
    const vote = records.find((record) => record.kind === 'vote')?.vote
    if (block === undefined || vote === undefined) return
    const { epoch, height, parent } = block.header
    const { epoch_length } = this.#genesis
    // The last block of an epoch has no child in it.
    if (Math.floor((height - 1) / epoch_length) !== epoch)
      this.#fail(`S8: ${machine.index} votes in epoch ${epoch} for height ${height}`)
    // What may be proposed is the child of a certified block, or that block again.
    const origins = [...(this.#origins.get(parent) ?? []), ...(this.#origins.get(vote.block) ?? [])]
    if ((height - 1) % epoch_length === 0) origins.push({ epoch, view: 0 })
    if (!origins.some((origin) => origin.epoch === epoch && this.#isClear(origin, vote.view)))
      this.#fail(`S3: ${machine.index} passes over a view before view ${vote.view} of ${epoch}`)
  }

  /** Whether all views after the origin's up to this one are nullified. */
  #isClear({ epoch, view }: Origin, until: number): boolean {
    for (let between = view + 1; between < until; between++)
      if (this.#endings.get(`${epoch} ${between}`)?.nullify !== true) return false
    return view < until
  }

  #certified(certificate: Certificate): void {
    if (this.#seen.has(certificate)) return
    this.#seen.add(certificate)
    const { kind, epoch, view, block, signers, signatures } = certificate
    const set = this.#sets.get(epoch)
    if (set === undefined) return this.#fail(`S5: a certificate of the unknown epoch ${epoch}`)
    const bytes = voteSigningBytes(this.#chain, certificate)
    let signed = 0n
    let at = 0
    set.members.forEach(({ publicKey, stake }, i) => {
      if (((signers[i >> 3]! >> (i & 7)) & 1) === 0) return
      const signature = signatures[at++]
      if (signature !== undefined && isSigned({ key: publicKey, bytes, signature })) signed += BigInt(stake)
    })
    if (at !== signatures.length || 3n * signed <= 2n * BigInt(set.totalStake))
      this.#fail(`S5: ${signed} of ${set.totalStake} for ${kind} of view ${view} of ${epoch}`)
    const key = `${epoch} ${view}`
    let ending = this.#endings.get(key)
    if (ending === undefined)
      this.#endings.set(key, (ending = { nullify: false, finalize: false, notarize: undefined }))
    if (kind === 'notarize') {
      if ((ending.notarize ?? block) !== block)
        this.#fail(`S1: two blocks are notarized in view ${view} of ${epoch}`)
      ending.notarize = block
    } else ending[kind] = true
    if (kind !== 'nullify') this.#origins.set(block, [...(this.#origins.get(block) ?? []), { epoch, view }])
    if (ending.nullify && ending.finalize) this.#fail(`S2: view ${view} of ${epoch} is nullified and final`)
  }

  #committed(machine: Machine, blocks: readonly Block[], certificate: Certificate): void {
    this.#certified(certificate)
    for (const block of blocks) this.#finalBlock(machine, block)
    if (hashHeader(blocks.at(-1)!.header, crypto) !== certificate.block)
      this.#fail('S3: a certificate of another block')
  }

  #finalBlock(machine: Machine, { header, envelopes }: Block): void {
    const { height } = header
    const hash = hashHeader(header, crypto)
    if (height !== (this.#heights.get(machine) ?? 0) + 1)
      this.#fail(`S3: ${machine.index} skipped to height ${height}`)
    this.#heights.set(machine, height)
    const content = envelopes.map(({ sequence }) => sequence).join()
    if ((this.#contents.get(hash) ?? content) !== content)
      this.#fail(`S4: ${machine.index} executes other transactions at height ${height}`)
    this.#contents.set(hash, content)
    const known = this.#final[height]
    if (known !== undefined) {
      if (known !== hash) this.#fail(`S1: two final blocks at height ${height}`)
      return
    }
    if (this.#final[height - 1] !== header.parent)
      this.#fail(`S3: height ${height} is no child of the one before`)
    this.#final[height] = hash
    this.#nextSets.set(height, header.nextValidators)
    if (height % this.#genesis.epoch_length !== 0 && header.nextValidators !== NO_HASH)
      this.#fail(`S8: height ${height} names validators that never vote`)
    const root = (this.#roots.get(header.stateHeight) ?? header.stateRoot) === header.stateRoot
    if (!root) this.#fail(`S11: two states at height ${header.stateHeight}`)
    this.#roots.set(header.stateHeight, header.stateRoot)
    if (envelopes.length > this.#genesis.max_transactions_per_block)
      this.#fail(`S4: too much at height ${height}`)
    for (const { sequence } of envelopes) {
      if (this.#used.has(sequence)) this.#fail(`S4: transaction ${sequence} is final twice`)
      this.#used.add(sequence)
    }
  }

  #epoch({ set, tip }: EpochSeed): void {
    if (this.#nextSets.get(tip.height) !== set.hash)
      this.#fail(`S8: another set than certified begins epoch ${set.epoch}`)
    const known = this.#sets.get(set.epoch)
    if ((known?.hash ?? set.hash) !== set.hash) this.#fail(`S8: two validator sets in epoch ${set.epoch}`)
    if (known === undefined) this.#checkMove(this.#sets.get(set.epoch - 1)!, set)
    this.#sets.set(set.epoch, set)
  }

  /** Less than a third of the power goes, and less than a third comes. */
  #checkMove(before: ValidatorSet, after: ValidatorSet): void {
    const old = new Map(before.members.map(({ publicKey, stake }) => [publicKey, stake]))
    let more = 0
    let less = 0
    for (const { publicKey, stake } of after.members) {
      const change = stake - (old.get(publicKey) ?? 0)
      if (change > 0) more += change
      else less -= change
      old.delete(publicKey)
    }
    for (const stake of old.values()) less += stake
    if (3 * more >= before.totalStake || 3 * less >= before.totalStake)
      this.#fail(`a third moves in epoch ${after.epoch}`)
  }

  #fail(failure: string): void {
    if (this.failures.length < 10) this.failures.push(failure)
  }
}

function sameVote(a: Vote, b: Vote): boolean {
  return a.kind === b.kind && a.epoch === b.epoch && a.view === b.view && a.block === b.block
}

/** Of one validator in one view. */
function excludes(a: Vote, b: Vote): boolean {
  if (a.kind === b.kind) return a.block !== b.block
  return a.kind === 'nullify' && b.kind === 'finalize'
}
