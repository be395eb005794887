/** Catching up by final blocks that others have stored, a run of them at a time. */
import { certificateChecks, certificateProblem } from '../certificate.ts'
import type { CertifiedBlocks, Status } from '../messages.ts'
import type { Context } from '../simplex/context.ts'
import type { PublicKey } from '../types.ts'
import type { Commits } from './commits.ts'
import type { Running } from './running.ts'

/** Another peer is asked after this time at the earliest. */
const PAUSE_MS = 100
/** A peer is asked again after this time. */
const RETRY_MS = 400
/** Peers that are remembered to have been asked; there are not as many in a validator set. */
const MAX_ASKED = 512

export class CatchUp {
  readonly #context: Context
  readonly #running: Running
  readonly #commits: Commits
  /** Since this validator last got on: when each peer was asked. */
  readonly #asked = new Map<PublicKey, number>()
  #pauseUntilMs = Number.NEGATIVE_INFINITY
  /** Those whose blocks are being checked. */
  readonly #checking = new Set<PublicKey>()

  constructor(context: Context, running: Running, commits: Commits) {
    this.#context = context
    this.#running = running
    this.#commits = commits
  }

  /** Who is ahead is asked; who is behind is told. */
  status(from: PublicKey, { epoch, view, height }: Status): void {
    const { simplex, epoch: current } = this.#running
    const own = this.#context.chain.final.height
    if (height > own) return this.ask(from)
    const sameEpoch = epoch === current.set.epoch
    if (height === own && !(sameEpoch && view < simplex.view)) return
    simplex.viewSync.tellStatus(from)
    const certificate = simplex.viewSync.entry
    if (sameEpoch && certificate !== undefined)
      this.#context.outbox.send(from, { kind: 'certificate', certificate })
  }

  /** Others wait only for the first answer of each peer, so that nobody keeps this validator from asking them. */
  ask(whom: PublicKey): void {
    const { chain, nowMs, outbox } = this.#context
    const askedMs = this.#asked.get(whom)
    if (askedMs === undefined) {
      if (nowMs < this.#pauseUntilMs) return
      this.#pauseUntilMs = nowMs + PAUSE_MS
      if (this.#asked.size >= MAX_ASKED) this.#asked.clear()
    } else if (nowMs < askedMs + RETRY_MS) return
    this.#asked.set(whom, nowMs)
    outbox.send(whom, { kind: 'get-chain', height: chain.final.height + 1 })
  }

  serve(to: PublicKey, height: number): void {
    const { chain, outbox } = this.#context
    if (height <= chain.final.height) outbox.push({ kind: 'serve', to, height })
  }

  receive(from: PublicKey, { blocks, certificate }: CertifiedBlocks): void {
    const { chain, chainId, outbox } = this.#context
    const { set } = this.#running.epoch
    const news = blocks.filter(({ header }) => header.height > chain.final.height)
    const last = news.at(-1)
    if (last === undefined || certificate.kind !== 'finalize' || this.#checking.has(from)) return
    if (chain.hash(last) !== certificate.block || certificateProblem(certificate, set)) return
    if (!news.every((block) => chain.isWhole(block))) return
    if (!news.every(({ header }, i) => i === 0 || header.parent === chain.hash(news[i - 1]!))) return
    this.#checking.add(from)
    outbox.verify(certificateChecks(certificate, set, chainId), (valid) => {
      this.#checking.delete(from)
      if (!valid.every(Boolean) || certificate.epoch !== this.#running.epoch.set.epoch) return
      for (const block of news) chain.add(block, chain.hash(block))
      this.#take(from, certificate)
    })
  }

  #take(from: PublicKey, certificate: CertifiedBlocks['certificate']): void {
    const { chain } = this.#context
    const { height } = chain.final
    this.#running.simplex.accept(certificate)
    // Known before its blocks were here, it has not been taken in anew.
    this.#commits.finalized(certificate)
    this.#running.simplex.tick()
    if (chain.final.height === height) return
    // There may be more.
    this.#asked.clear()
    this.#pauseUntilMs = Number.NEGATIVE_INFINITY
    this.#running.simplex.viewSync.tellStatus(from)
  }
}
