/**
 * The way to shared documents, from an actor's context or from the system.
 *
 *   documents(scope).open ─► replica actor of this thread (started when it is the first) ─► its table
 *                                │ not open here
 *                                └─► keeper of the node: from storage, or new
 */
import { type ActorRef, child, NameTakenError, type Scope, type SupervisorRef } from '../../runtime/index.ts'
import type { ConflictRules } from './conflicts/rules.ts'
import { genesisOf } from './document/genesis.ts'
import { ReplicasMissingError } from './errors.ts'
import { KEEPER_PATH, SERVICE_PATH } from './names.ts'
import { Replica } from './replica.ts'
import { SharedDocument } from './shared-document.ts'
import { SLOT } from './slot.ts'
import type { DocumentTable } from './table.ts'
import { type DocumentType, documentId } from './types.ts'

export interface OpenDocumentOptions<T> {
  /**
   * What the document is when nobody has made it yet. Give the same wherever it is opened: containers that
   * two replicas make at once hide one another, those that are there from the beginning don't.
   */
  initial?: T
  /**
   * How conflicts are settled, by patterns of paths; without a rule the last writer's value is shown. Give the
   * same wherever the document is opened; those that are given first on a thread hold there.
   */
  conflicts?: ConflictRules
}

export interface Documents {
  /**
   * Opens a document, or makes it. It stays open until `close`, or until the actor's instance or the system
   * ends.
   *
   * Rejects with InvalidOptionError, ReplicasMissingError, MemoryBudgetError, or an error of the storage.
   */
  open<T extends object>(
    type: DocumentType,
    name: string,
    options?: OpenDocumentOptions<T>,
  ): Promise<SharedDocument<T>>
  /** The names of the documents of a type that this node keeps, in order; at most 1,000 after `after`. */
  names(type: DocumentType, after?: string): Promise<string[]>
}

/** @example const plan = await documents(this.context).open<Plan>('coordination-plan', 'launch', { initial }) */
export function documents(scope: Scope): Documents {
  return {
    async open<T extends object>(type: DocumentType, name: string, options: OpenDocumentOptions<T> = {}) {
      const id = documentId(type, name)
      const table = await tableOf(scope)
      const open = await table.open(id, () => genesisOf(type, options.initial))
      if (options.conflicts !== undefined) open.follow(options.conflicts)
      const document: SharedDocument<T> = new SharedDocument<T>(open, {
        ...{ table, author: authorOf(scope) },
        branch: (branch, saved) => branchOf(scope, type, branch, saved),
      })
      scope.defer(() => document.close())
      return document
    },
    async names(type, after) {
      documentId(type, 'any')
      const keeper = await keeperOf(scope)
      return keeper.ask.names(type, after)
    },
  }
}

/** A document of its own that begins with these bytes. Rejects with NameTakenError where there is one already. */
async function branchOf<T extends object>(
  scope: Scope,
  type: DocumentType,
  name: string,
  saved: Uint8Array,
): Promise<SharedDocument<T>> {
  const id = documentId(type, name)
  const keeper = await keeperOf(scope)
  if (!(await keeper.ask.adopt(id, saved)))
    throw new NameTakenError(`there is already a document ${id}; choose another name for the branch`, {
      target: id,
    })
  return documents(scope).open<T>(type, name)
}

function tableOf(scope: Scope): Promise<DocumentTable> {
  return SLOT.of(scope).get(() => startReplica(scope))
}

async function startReplica(scope: Scope): Promise<void> {
  const { thread } = scope
  const keeper = await keeperOf(scope)
  const service = (await scope.lookup(SERVICE_PATH)) as SupervisorRef
  const args = await keeper.ask.argsFor(`thread-${thread}`)
  try {
    await service.startChild(`thread-${thread}`, child(Replica, [args], { thread }))
  } catch (error) {
    // It is there already and being started again.
    if (!(error instanceof NameTakenError)) throw error
  }
}

export async function keeperOf(scope: Scope): Promise<ActorRef<Replica>> {
  const keeper = await scope.lookup(KEEPER_PATH)
  if (keeper === undefined)
    throw new ReplicasMissingError(
      'this system has no shared documents; start it with ActorSystem.start({ services: [replicas()] })',
    )
  return keeper as unknown as ActorRef<Replica>
}

/** Who edits: the path of the actor, or for the program itself the root of its actors. */
function authorOf(scope: Scope): string {
  return 'self' in scope ? (scope.self as ActorRef).path : '/user'
}
