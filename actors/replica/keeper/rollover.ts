/**
 * How a document begins a new epoch, without its history, on all replicas of a node at once. Whoever edits
 * it does not notice: edits go on meanwhile, and are made again upon the new beginning.
 *
 *   keeper ── seal ──────────► replicas: make changes of all edits so far, and keep back those that follow
 *   keeper ◄── sealed, heads ── replicas
 *   keeper has all changes: stores the state in the place of all chunks, in one write
 *   keeper ── begin ─────────► replicas: begin anew with that state, and make again what they kept back
 *
 * Nothing is lost wherever it is interrupted: until the write there is the old epoch, and after it the new
 * one, which has every change in it that any replica had made.
 */
import type { OpenDocument, SealReport } from '../open-document.ts'

export interface RolloverShell {
  /** The replicas of the node that have the document from the keeper. */
  peers(id: string): readonly string[]
  /** Whether the document follows others into an epoch that has begun, so that no conflict can hold it up. */
  follows(open: OpenDocument): boolean
  seal(peer: string, id: string): void
  unseal(peer: string, id: string): void
  /** Begins the new epoch here and on these replicas. Rejects, with nothing begun, when it can't be stored. */
  begin(open: OpenDocument, peers: readonly string[]): Promise<void>
  failed(id: string, error: unknown): void
  /** The attempt before has failed, and some time has passed. */
  again(open: OpenDocument): void
  after(ms: number, run: () => void): () => void
}

interface Rolling {
  readonly open: OpenDocument
  /** What each replica told last; undefined where it has not sealed the document yet. */
  readonly reports: Map<string, SealReport | undefined>
  readonly done: PromiseWithResolvers<void>
  cancel: () => void
  beginning: boolean
}

/** Milliseconds that replicas may take to answer; a thread that is blocked for longer holds nobody up. */
const PATIENCE_MS = 2_000
/** Milliseconds after an attempt that failed. */
const AGAIN_MS = 5_000

export class Rollover {
  readonly #shell: RolloverShell
  readonly #rolling = new Map<string, Rolling>()
  /** Documents whose last attempt failed. */
  readonly #resting = new Set<string>()

  constructor(shell: RolloverShell) {
    this.#shell = shell
  }

  /** Begins to begin a new epoch, unless that is under way. */
  start(open: OpenDocument): void {
    const { id } = open
    if (this.#rolling.has(id) || this.#resting.has(id)) return
    const peers = this.#shell.peers(id)
    const rolling: Rolling = {
      ...{ open, reports: new Map(peers.map((peer) => [peer, undefined])) },
      done: Promise.withResolvers<void>(),
      cancel: this.#shell.after(PATIENCE_MS, () => this.#giveUp(id)),
      beginning: false,
    }
    this.#rolling.set(id, rolling)
    for (const peer of peers) this.#shell.seal(peer, id)
    this.check(id)
  }

  /** A replica has sealed the document, or has come further since. */
  sealed(peer: string, id: string, report: SealReport): void {
    const rolling = this.#rolling.get(id)
    if (rolling === undefined) return this.#shell.unseal(peer, id)
    rolling.reports.set(peer, report)
    this.check(id)
  }

  /** A replica is gone; what it had told is here. */
  gone(peer: string, id: string): void {
    const rolling = this.#rolling.get(id)
    if (rolling === undefined) return
    rolling.reports.delete(peer)
    this.check(id)
  }

  /** Resolves when the document is not between two epochs. */
  async settled(id: string): Promise<void> {
    await this.#rolling.get(id)?.done.promise
  }

  /** Begins, once all is here. To be called after every turn of the document. */
  check(id: string): void {
    const rolling = this.#rolling.get(id)
    if (rolling === undefined || rolling.beginning || rolling.open.busy) return
    const { open, reports } = rolling
    if (open.closed !== undefined) return this.#end(id, rolling)
    const own = open.report()
    const follows = this.#shell.follows(open)
    if (!follows && (own.conflicts ?? 0) > 0) return
    for (const report of reports.values()) {
      if (report === undefined || !report.heads.every((hash) => open.document.has(hash))) return
      if (!follows && !isSettled(report, own.heads)) return
    }
    rolling.beginning = true
    rolling.cancel()
    this.#shell.begin(open, [...reports.keys()]).then(
      () => this.#end(id, rolling),
      (error) => {
        this.#shell.failed(id, error)
        this.#giveUp(id)
      },
    )
  }

  #giveUp(id: string): void {
    const rolling = this.#rolling.get(id)
    if (rolling === undefined) return
    for (const peer of rolling.reports.keys()) this.#shell.unseal(peer, id)
    this.#resting.add(id)
    this.#shell.after(AGAIN_MS, () => {
      this.#resting.delete(id)
      if (rolling.open.closed === undefined) this.#shell.again(rolling.open)
    })
    this.#end(id, rolling)
  }

  #end(id: string, rolling: Rolling): void {
    rolling.cancel()
    this.#rolling.delete(id)
    rolling.done.resolve()
  }
}

/**
 * One that has rules for conflicts has to have all that is here, and to have settled it: a new epoch has no
 * conflicts in it, and what was not settled would be forgotten.
 */
function isSettled(report: SealReport, heads: readonly string[]): boolean {
  if (report.conflicts === null) return true
  const theirs = new Set(report.heads)
  return report.conflicts === 0 && heads.length === theirs.size && heads.every((hash) => theirs.has(hash))
}
