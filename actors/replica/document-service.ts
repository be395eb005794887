/**
 * What can be done with documents by their ids and without a handle. What a caller asks for and can't have is
 * refused, so that it is no failure of who was asked.
 */
import { NeuroplexError, Refused } from '../../runtime/index.ts'
import type { Choice } from './conflicts/decision.ts'
import { EngineLostError } from './document/errors.ts'
import { genesisOf } from './document/genesis.ts'
import type { OpenDocument } from './open-document.ts'
import { applyOperations, type Operation } from './operations.ts'
import { become, plain } from './plain.ts'
import type { DocumentTable } from './table.ts'
import { type DocumentType, documentId, typeOf } from './types.ts'
import { changesToMerge } from './versions/branch.ts'
import { newest } from './watch.ts'

/** A document as it travels outside of replication: all its changes, and how far each actor has come in it. */
export interface NeuroplexDocument {
  readonly id: string
  readonly type: DocumentType
  /** Of each actor the number of its last change. */
  readonly version: Readonly<Record<string, number>>
  /** Saved with its history. */
  readonly bytes: Uint8Array
}

/** A conflict, named by the document and the place, and what is to become of it. */
export interface ConflictToResolve {
  readonly document: string
  readonly path: readonly (string | number)[]
  readonly choice: Choice
  readonly message?: string
}

export interface Resolution {
  readonly document: string
  readonly path: readonly (string | number)[]
  readonly resolved: boolean
  /** Why not. */
  readonly reason?: string
}

export class DocumentService {
  readonly #table: DocumentTable
  readonly #isStored: (id: string) => Promise<boolean>

  /** @param isStored whether there is a document that is not open */
  constructor(table: DocumentTable, isStored: (id: string) => Promise<boolean>) {
    this.#table = table
    this.#isStored = isStored
  }

  createDocument(type: DocumentType, name: string, genesis: Uint8Array): Promise<string> {
    return refusing(async () => {
      const id = documentId(type, name)
      await this.#table.open(id, () => genesis)
      return id
    })
  }

  updateDocument(id: string, operations: readonly Operation[], author: string): Promise<void> {
    return refusing(async () => {
      const open = await this.#known(id)
      await this.#table.edit(open, (draft) => applyOperations(draft as object, operations), { author })
    })
  }

  exportDocument(id: string): Promise<NeuroplexDocument> {
    return refusing(async () => {
      const { document } = await this.#committed(id)
      return { id, type: typeOf(id), version: Object.fromEntries(document.clock), bytes: document.save() }
    })
  }

  mergeDocument(id: string, { bytes }: NeuroplexDocument): Promise<void> {
    return refusing(async () => {
      await this.#table.unsealed(await this.#known(id))
      const open = await this.#committed(id)
      await this.#table.receive(open, changesToMerge(open.document.handle, bytes))
    })
  }

  async resolveConflicts(conflicts: readonly ConflictToResolve[], author: string): Promise<Resolution[]> {
    const resolutions: Resolution[] = []
    for (const conflict of conflicts) {
      const { document, path } = conflict
      try {
        await refusing(() => this.#decide(conflict, author))
        resolutions.push({ document, path, resolved: true })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        resolutions.push({ document, path, resolved: false, reason: error.message })
      }
    }
    return resolutions
  }

  getState(id: string): Promise<unknown> {
    return refusing(async () => plain((await this.#known(id)).document.view()))
  }

  setState(id: string, state: object, author: string): Promise<void> {
    return refusing(async () => {
      const open = await this.#known(id)
      const edit = (draft: unknown) => become(draft as Record<string, unknown>, { ...state })
      await this.#table.edit(open, edit, { author })
    })
  }

  async *subscribe(id: string): AsyncGenerator<unknown> {
    const open = await refusing(() => this.#known(id))
    open.observers++
    try {
      const isOver = () => open.closed !== undefined
      yield* newest(() => plain(open.document.view()), open.changed, isOver)
    } finally {
      open.observers--
    }
  }

  async #decide({ document, path, choice, message }: ConflictToResolve, author: string): Promise<void> {
    await this.#table.unsealed(await this.#known(document))
    const open = await this.#committed(document)
    const { handle } = open.document
    const { conflicts } = open.conflicts.list(handle, { lastWriter: true })
    const place = path.join('/')
    const conflict = conflicts.find((each) => each.path.join('/') === place)
    if (conflict === undefined) throw new Refused(`there is no conflict at "${place}" of ${document}`)
    const by = { author, message, nowMs: this.#table.wall() }
    await this.#table.adopt(open, [open.conflicts.decide(handle, conflict, choice, by)])
  }

  /** A document that is open or stored here. */
  async #known(id: string): Promise<OpenDocument> {
    const type = typeOf(id)
    if (this.#table.get(id) === undefined && !(await this.#isStored(id)))
      throw new Refused(`there is no document ${id}; make it with createDocument, or open it`)
    return this.#table.open(id, () => genesisOf(type))
  }

  /** The same with all edits so far in its history. */
  async #committed(id: string): Promise<OpenDocument> {
    const open = await this.#known(id)
    this.#table.commit(open)
    return open
  }
}

/** Refuses what the caller did wrong; an engine that broke down is nobody's request. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NeuroplexError) || error instanceof EngineLostError || error instanceof Refused)
      throw error
    throw new Refused(error.message, { cause: error })
  }
}
