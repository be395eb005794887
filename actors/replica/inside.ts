/** What the parts of a replica actor need of it and of each other. */
import { isMainThread } from 'node:worker_threads'
import type { ActorRef, Context } from '../../runtime/index.ts'
import type { EngineLostError } from './document/errors.ts'
import type { Exchanges } from './exchanges.ts'
import type { Keeper } from './keeper/keeper.ts'
import type { Replica, ReplicaArgs } from './replica.ts'
import type { DocumentTable } from './table.ts'

export interface Inside {
  readonly args: ReplicaArgs
  readonly context: Context<Replica>
  readonly table: DocumentTable
  readonly exchanges: Exchanges
  /** Those with whom documents are exchanged, by their names; the keeper is among them unless it is this one. */
  readonly peers: ReadonlyMap<string, ActorRef<Replica>>
  /** Present where this is the keeper, once it has storage. */
  readonly keeper: Keeper | null
  /** A name for a replica of a document: 128 bits of chance, because one that was used before would break it. */
  newActor(): string
}

const EXIT_ENGINE_LOST = 70

/** The engine is shared by all documents of the thread, so only a new thread has a sound one. */
export function endThread({ context }: Inside, error: EngineLostError): void {
  context.log.error({ err: error }, 'the document engine broke down; its thread ends and is replaced')
  if (!isMainThread) process.exit(EXIT_ENGINE_LOST)
}
