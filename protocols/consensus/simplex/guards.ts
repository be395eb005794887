/**
 * What an honest validator never does, whatever it is told. Safety rests on these and on quorums:
 *
 *   - It notarizes one block in a view, so two blocks of a view are never both notarized.
 *   - It does not both nullify and finalize a view, so a final block's view is never passed over.
 *   - It notarizes a block only where the parent is certified and every view between is nullified (`parentIsClear`), so
 *     what follows a final block descends from it.
 */
import type { Hash, VoteKind } from '../types.ts'

/** What this validator has voted in one view. */
export interface OwnVotes {
  notarize: Hash | undefined
  nullify: boolean
  finalize: Hash | undefined
}

export function mayVote(own: OwnVotes, kind: VoteKind): boolean {
  switch (kind) {
    case 'notarize':
      return own.notarize === undefined && !own.nullify
    case 'nullify':
      return !own.nullify && own.finalize === undefined
    case 'finalize':
      return own.finalize === undefined && !own.nullify
  }
}

export function recordVote(own: OwnVotes, kind: VoteKind, block: Hash): void {
  if (kind === 'notarize') own.notarize = block
  else if (kind === 'nullify') own.nullify = true
  else own.finalize = block
}

/** Whether views `from` to `to`, without both, are all nullified. */
export function parentIsClear(from: number, to: number, isNullified: (view: number) => boolean): boolean {
  for (let view = from + 1; view < to; view++) if (!isNullified(view)) return false
  return true
}

export function noVotes(): OwnVotes {
  return { notarize: undefined, nullify: false, finalize: undefined }
}
