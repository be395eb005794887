/** A replica over Automerge, as simple as can be: a map of fields and one counter. */
import * as automerge from '@automerge/automerge'
import type { Change, Received, ReplicaDocument } from '../../../../protocols/replication/document.ts'

/** What a document does with changes whose dependencies are missing: both have to do. */
export type Orphans = 'kept' | 'dropped'

type Handle = ReturnType<typeof automerge.getBackend>

/** The state is replaced with each step, and replication holds on to what it was given first. */
interface Sync {
  state: automerge.SyncState
}

class RefusedChange extends Error {
  readonly reason = 'engine'
}

/** The first change, the same on every replica. */
const GENESIS = genesis()

function genesis(): Change {
  const handle = automerge.getBackend(automerge.init({ actor: '00' }))
  handle.put('/', 'total', 0, 'counter')
  return commit(handle)
}

function commit(handle: Handle): Change {
  const hash = handle.commit(null, 0) as string
  return { hash, bytes: handle.getChangeByHash(hash) as Uint8Array }
}

export class SimulatedDocument implements ReplicaDocument {
  readonly #actor: string
  readonly #orphans: Orphans
  #document: automerge.Doc<unknown>
  /** All changes that are part of the document after the genesis, in an order that keeps dependencies. */
  readonly #changes = new Map<string, Change>()

  /** @param actor hexadecimal, never used before */
  constructor(actor: string, orphans: Orphans, saved: readonly Change[] = []) {
    this.#actor = actor
    this.#orphans = orphans
    this.#document = automerge.init({ actor })
    this.#handle.applyChanges([GENESIS, ...saved].map(({ bytes }) => bytes))
    for (const change of saved) this.#changes.set(change.hash, change)
  }

  /** Stays the same while the library's document is replaced with each message. */
  get #handle(): Handle {
    return automerge.getBackend(this.#document)
  }

  set(key: string, value: number): Change {
    this.#handle.put('/', key, value)
    return this.#commit()
  }

  increment(by: number): Change {
    this.#handle.increment('/', 'total', by)
    return this.#commit()
  }

  /** The changes after the genesis. */
  changes(): Change[] {
    return [...this.#changes.values()]
  }

  /** The same text for the same state, whatever way led to it. */
  state(): string {
    const keys = this.#handle.keys('/').toSorted()
    return JSON.stringify(keys.map((key) => [key, this.#handle.getAll('/', key).map(([, value]) => value)]))
  }

  free(): void {
    this.#handle.free()
  }

  heads(): string[] {
    return this.#handle.getHeads()
  }

  has(hash: string): boolean {
    return this.#changes.has(hash) || hash === GENESIS.hash
  }

  changesByHash(hashes: readonly string[]): Change[] {
    return hashes.flatMap((hash) => this.#changes.get(hash) ?? [])
  }

  receive(changes: readonly Uint8Array[]): Received {
    return this.#apply(() => this.#handle.applyChanges([...changes]))
  }

  newSync(previous?: Sync): Sync {
    const state = automerge.initSyncState()
    return { state: previous === undefined ? state : { ...state, sharedHeads: previous.state.sharedHeads } }
  }

  generateSync(sync: Sync): Uint8Array | null {
    const [state, message] = automerge.generateSyncMessage(this.#document, sync.state)
    sync.state = state
    return message
  }

  receiveSync(sync: Sync, message: Uint8Array): Received {
    return this.#apply(() => {
      const [document, state] = automerge.receiveSyncMessage(this.#document, sync.state, message)
      this.#document = document
      sync.state = state
    })
  }

  #apply(run: () => void): Received {
    const before = this.#handle.getHeads()
    try {
      run()
    } catch (error) {
      throw new RefusedChange(String(error))
    }
    const missing = this.#handle.getMissingDeps([])
    if (missing.length > 0 && this.#orphans === 'dropped') this.#drop()
    return { applied: this.#since(before), missing }
  }

  #commit(): Change {
    const change = commit(this.#handle)
    this.#changes.set(change.hash, change)
    return change
  }

  /** A handle can't be told to forget what waits in it. */
  #drop(): void {
    const kept = this.#handle.getChanges([])
    this.#handle.free()
    this.#document = automerge.init({ actor: this.#actor })
    this.#handle.applyChanges(kept)
  }

  #since(heads: string[]): Change[] {
    const changes = this.#handle
      .getChanges(heads)
      .map((bytes) => ({ hash: automerge.decodeChange(bytes).hash, bytes }))
    for (const change of changes) this.#changes.set(change.hash, change)
    return changes
  }
}
