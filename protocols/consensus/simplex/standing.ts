/** Where this validator stands in an epoch: what the parts of Simplex share. */
import type { Epoch } from '../epoch.ts'
import type { Certificate, Hash, PublicKey, Vote } from '../types.ts'
import { memberIndex } from '../validator-set.ts'
import type { Context } from './context.ts'
import { Views } from './views.ts'

/** A block to build on. */
export interface Parent {
  /** Where it was certified; 0 for the last block of the epoch before. */
  readonly view: number
  readonly hash: Hash
  readonly certificate: Certificate | undefined
}

export class Standing {
  readonly context: Context
  readonly epoch: Epoch
  /** Its index in the epoch's set; -1 where it is no member and follows without voting. */
  readonly self: number
  readonly views: Views
  /** The current one; 0 before the start. */
  view = 0
  /** The newest view that is known to be final. */
  finalView = 0
  /** The epoch is over: whatever is still under way has no effect. */
  over = false

  constructor(context: Context, epoch: Epoch) {
    this.context = context
    this.epoch = epoch
    this.self = memberIndex(epoch.set, context.self)
    this.views = new Views(epoch.set)
  }

  isOfEpoch({ epoch, view }: { readonly epoch: number; readonly view: number }): boolean {
    return epoch === this.epoch.set.epoch && view > 0
  }

  /** Of this epoch and of a view that matters still. */
  isCurrent(about: { readonly epoch: number; readonly view: number }): boolean {
    return this.isOfEpoch(about) && about.view >= this.views.first
  }

  /** Whether a certificate of this kind and view is here. */
  knows({ kind, view }: Certificate): boolean {
    return this.views.peek(view)?.certificates[kind] !== undefined
  }

  keyOf({ signer }: Pick<Vote, 'signer'>): PublicKey {
    return this.epoch.set.members[signer]!.publicKey
  }

  /** Of the current view. */
  get leader(): number {
    return this.epoch.schedule.leader(this.view)
  }

  /** What the current view builds on: the newest certified block that each later view was nullified after; undefined where that is not known. */
  parent(): Parent | undefined {
    for (let number = this.view - 1; number > 0; number--) {
      const view = this.views.peek(number)
      if (view?.certified !== undefined)
        return { view: number, hash: view.certified.block, certificate: view.certified }
      if (view?.certificates.nullify === undefined) return undefined
    }
    return { view: 0, hash: this.epoch.seed.tip.hash, certificate: undefined }
  }
}
