/**
 * Shared documents: plans, states and logs that agents work on at the same time, each on its own thread.
 */

export { NeuroplexCRDT } from './crdt.ts'
export { Counter, counter, Text } from './document/values.ts'
export type { ConflictToResolve, NeuroplexDocument, Resolution } from './document-service.ts'
export { type Documents, documents, type OpenDocumentOptions } from './documents.ts'
export {
  DocumentClosedError,
  MemoryBudgetError,
  NotKeptError,
  ReplicasMissingError,
} from './errors.ts'
export type { ReplicaLimits } from './limits.ts'
export { linkReplicas } from './link.ts'
export { type ReplicasOptions, replicas } from './service.ts'
export type { SharedDocument } from './shared-document.ts'
export type { DocumentType } from './types.ts'
