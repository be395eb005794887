/** What changed in a document, in the same form for what was edited here and for what came from elsewhere. */
import type { Data } from './data.ts'
import type { Step } from './node.ts'

/** Values are immutable. Indexes are those after the patches before it in the same list. */
export type DocumentPatch =
  | { action: 'put'; path: Step[]; value: Data; conflict?: boolean }
  | { action: 'delete'; path: Step[]; count?: number }
  | { action: 'insert'; path: Step[]; values: Data[]; conflicts?: boolean[] }
  /** An element of a list is taken out, and put in again so that it is at `to` afterwards. */
  | { action: 'move'; path: Step[]; to: number }
  | { action: 'text'; path: Step[]; remove: number; insert: string }
  | { action: 'increment'; path: Step[]; by: number }
  /** Another replica has written the same place at the same time, and what is shown has not changed. */
  | { action: 'conflict'; path: Step[] }

export type PatchOrigin = 'local' | 'remote'

export type PatchListener = (patches: readonly DocumentPatch[], origin: PatchOrigin) => void
