/**
 * Shared documents: plans, states and logs that agents work on at the same time, each on its own thread.
 */
export type { Conflict, ConflictValue, Path } from './conflicts/conflict.ts'
export type { ConflictList, ListOptions, OpenConflict } from './conflicts/conflicts.ts'
export type { Choice } from './conflicts/decision.ts'
export { ConflictGoneError, ImpureResolverError, ResolverFailedError } from './conflicts/errors.ts'
export type { Resolver } from './conflicts/resolver.ts'
export type { ConflictRules, PolicyName } from './conflicts/rules.ts'
export { NeuroplexCRDT } from './crdt.ts'
export {
  DocumentDamagedError,
  DocumentLimitError,
  EngineLostError,
  InvalidValueError,
  ReadOnlyError,
  RefusedChangeError,
} from './document/errors.ts'
export { move } from './document/move.ts'
export type { DocumentPatch } from './document/patch.ts'
export { Counter, counter, Text } from './document/values.ts'
export type { ConflictToResolve, NeuroplexDocument, Resolution } from './document-service.ts'
export { type Documents, documents, type OpenDocumentOptions } from './documents.ts'
export { DocumentClosedError, MemoryBudgetError, NotKeptError, ReplicasMissingError } from './errors.ts'
export type { ReplicaLimits } from './limits.ts'
export { linkReplicas } from './link.ts'
export { ImpossibleOperationError, type Operation, type Position, UnknownPathError } from './operations.ts'
export type { PatchBatch } from './patch-feed.ts'
export { type ReplicasOptions, replicas } from './service.ts'
export type { SharedDocument } from './shared-document.ts'
export type { DocumentType } from './types.ts'
export type { Diff, Edit, TextSplice } from './versions/diff.ts'
export { UnknownVersionError } from './versions/errors.ts'
export type { HistoryEntry, HistoryPage } from './versions/history.ts'
export type { Version } from './versions/version.ts'
