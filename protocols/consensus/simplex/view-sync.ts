/** How views ended: told to those who are behind, and asked of others where a proposal can't be judged without. */
import type { Certificate, PublicKey } from '../types.ts'
import type { Pacemaker } from './pacemaker.ts'
import type { Standing } from './standing.ts'

/** Certificates given for one request. */
const MAX_SHOWN = 64

export class ViewSync {
  readonly #standing: Standing
  readonly #pacemaker: Pacemaker
  #askedMs = Number.NEGATIVE_INFINITY

  constructor(standing: Standing, pacemaker: Pacemaker) {
    this.#standing = standing
    this.#pacemaker = pacemaker
  }

  tellStatus(to: PublicKey | 'all'): void {
    const { context, epoch, view } = this.#standing
    const { height } = context.chain.final
    context.outbox.send(to, { kind: 'status', epoch: epoch.set.epoch, view, height })
  }

  /** The certificate that began the current view. */
  get entry(): Certificate | undefined {
    const { certificates } = this.#standing.views.peek(this.#standing.view - 1) ?? {}
    return certificates?.notarize ?? certificates?.finalize ?? certificates?.nullify
  }

  /** Shows the certificates of these views to a peer. */
  show(to: PublicKey, from: number, until: number): void {
    const { context, view, views } = this.#standing
    const last = Math.min(until, from + MAX_SHOWN - 1, view)
    for (let number = Math.max(from, views.first); number <= last; number++)
      for (const certificate of Object.values(views.peek(number)?.certificates ?? {}))
        context.outbox.send(to, { kind: 'certificate', certificate })
  }

  /** Asks how the views since the newest final one ended, not more often than twice per timeout. */
  ask(whom: PublicKey | 'all'): void {
    const { context, epoch, view } = this.#standing
    const pauseMs = this.#pacemaker.timeoutMs / 2
    const againMs = this.#askedMs + pauseMs
    if (context.nowMs < againMs) return this.#pacemaker.lookAgain(againMs)
    this.#askedMs = context.nowMs
    this.#pacemaker.lookAgain(context.nowMs + pauseMs)
    const from = this.#firstUnclear()
    context.outbox.send(whom, { kind: 'get-views', epoch: epoch.set.epoch, from, to: view - 1 })
  }

  /** The first view that has not been nullified here after the newest final one. */
  #firstUnclear(): number {
    const { view, views } = this.#standing
    let number = Math.max(1, views.first)
    while (number < view && views.isNullified(number)) number++
    return number
  }
}
