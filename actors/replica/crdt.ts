/**
 * Documents by the names of the specification's `NeuroplexCRDT`: by id and by operations instead of drafts,
 * through messages to the keeper of the node, so that it can be used from everywhere.
 */
import { ActorGoneError, type ActorRef, type Asks, Refused, type Scope } from '../../runtime/index.ts'
import { genesisOf } from './document/genesis.ts'
import type { ConflictToResolve, NeuroplexDocument, Resolution } from './document-service.ts'
import { keeperOf } from './documents.ts'
import type { Operation } from './operations.ts'
import type { Replica } from './replica.ts'
import { checkType, type DocumentType } from './types.ts'

/** Opening a document may have to wait for the disk. */
const PATIENCE_MS = 30_000

export class NeuroplexCRDT {
  readonly #scope: Scope
  #keeper: Promise<ActorRef<Replica>> | undefined

  /** @param scope the system, or an actor's context */
  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Makes a document and gives its id. Rejects with InvalidOptionError or InvalidValueError. */
  async createDocument(type: DocumentType, initialState: object): Promise<string> {
    checkType(type)
    const genesis = genesisOf(type, initialState)
    return this.#asked((keeper) => keeper.createDocument(type, genesis))
  }

  /**
   * Does all operations or, where one can't be done, none. Rejects with UnknownPathError,
   * ImpossibleOperationError or InvalidValueError.
   */
  async updateDocument(id: string, operations: readonly Operation[]): Promise<void> {
    await this.#asked((keeper) => keeper.updateDocument(id, operations))
  }

  /** A document with its history, for `mergeDocument` elsewhere. */
  async exportDocument(id: string): Promise<NeuroplexDocument> {
    return this.#asked((keeper) => keeper.exportDocument(id))
  }

  /** Takes in all that another copy of the document has. Rejects with RefusedChangeError. */
  async mergeDocument(id: string, remoteDoc: NeuroplexDocument): Promise<void> {
    await this.#asked((keeper) => keeper.mergeDocument(id, remoteDoc))
  }

  /** Compares all open documents with these peers anew, or with all where none is named. */
  async syncWith(peers: readonly string[]): Promise<void> {
    await this.#asked((keeper) => keeper.syncWith(peers))
  }

  /** Decides conflicts, each for one of its values or for another. */
  async resolveConflicts(conflicts: readonly ConflictToResolve[]): Promise<Resolution[]> {
    return this.#asked((keeper) => keeper.resolveConflicts(conflicts))
  }

  /** The state as plain data: counters as numbers, texts as strings. */
  async getState(id: string): Promise<unknown> {
    return this.#asked((keeper) => keeper.getState(id))
  }

  /** Makes the state what is given, with as few edits as that takes. */
  async setState(id: string, state: object): Promise<void> {
    await this.#asked((keeper) => keeper.setState(id, state))
  }

  /**
   * Calls back with the present state and then always the newest, one after the other, until the returned
   * function is called. A callback that is slow misses states in between; after a failure of the keeper it is
   * called with the state anew. Rejects where there is no such document.
   */
  async subscribe(id: string, callback: (state: unknown) => void | Promise<void>): Promise<() => void> {
    await this.getState(id)
    const ended = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    const call = async (state: unknown) => {
      if (!ended.signal.aborted) await callback(state)
      resolve()
    }
    void this.#follow(id, call, ended.signal).finally(resolve)
    await promise
    return () => ended.abort()
  }

  /** A callback that throws ends it, and is nobody's to catch but its owner's. */
  async #follow(id: string, callback: (state: unknown) => Promise<void>, ended: AbortSignal): Promise<void> {
    for (let states = await this.#states(id, ended); ; states = await this.#states(id, ended))
      for (;;) {
        const next = await states.next().catch((error: unknown) => error as Error)
        // The keeper is gone with its system, and nothing will change any more.
        if (ended.aborted || next instanceof ActorGoneError) return
        if (next instanceof Error || next.done === true) break
        await callback(next.value)
      }
  }

  async #states(id: string, ended: AbortSignal): Promise<AsyncIterator<unknown>> {
    const states = (await this.#ref()).stream.subscribe(id)[Symbol.asyncIterator]()
    ended.addEventListener('abort', () => void states.return?.(), { once: true })
    return states
  }

  /** What the keeper refused is thrown as what it was. */
  async #asked<T>(ask: (keeper: Asks<Replica>) => Promise<T>): Promise<T> {
    try {
      return await ask((await this.#ref()).within(PATIENCE_MS).ask)
    } catch (error) {
      throw error instanceof Refused && error.cause instanceof Error ? error.cause : error
    }
  }

  #ref(): Promise<ActorRef<Replica>> {
    this.#keeper ??= keeperOf(this.#scope)
    return this.#keeper
  }
}
