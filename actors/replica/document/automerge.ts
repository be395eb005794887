/**
 * The door to Automerge, and the only file that imports it. All work is done on its raw handle, which is
 * faster than its proxies by an order of magnitude and more; those who use it have to know that
 *  - a plain string that is put or inserted is a string, a `Text` a collaborative text, a `Counter` a counter;
 *  - in what it gives out (`materialize`, patches) a string is wrapped and a text is a plain string, or in
 *    patches an empty `Text`: `unwrap` tells them apart;
 *  - a handle is memory outside of JavaScript's heap: free it.
 */
import * as library from '@automerge/automerge'
import { EngineLostError } from './errors.ts'
import { Counter, Text } from './values.ts'

export type Handle = ReturnType<typeof library.getBackend>
export type DecodedChange = ReturnType<typeof library.decodeChange>
export type DecodedOperation = DecodedChange['ops'][number] & { elemId?: string; insert?: boolean }
export type ChangeMetadata = library.ChangeMetadata
export type Patch = library.Patch
export type SyncState = ReturnType<typeof library.initSyncState>
export type SyncMessage = ReturnType<typeof library.decodeSyncMessage>

/** How a string is wrapped in what the engine gives out. */
class Wrapped {
  readonly content: string

  constructor(content: string) {
    this.content = content
  }
}

/** An empty document whose changes are made in the name of `actor`, which is hexadecimal. */
export function createHandle(actor: string): Handle {
  const handle = library.getBackend(library.init({ actor }))
  handle.registerDatatype('str', wrap, (value: unknown) => (typeof value === 'string' ? value : undefined))
  handle.registerDatatype('text', (text: string) => new Text(text), textOf)
  handle.registerDatatype('counter', (value: number) => new Counter(value), counted)
  return handle
}

/** A document from what `save` gave, and the changes after it. Bytes have to be checked beforehand. */
export function loadHandle(actor: string, saved: Uint8Array): Handle {
  const handle = createHandle(actor)
  try {
    handle.loadIncremental(saved)
    return handle
  } catch (error) {
    handle.free()
    throw error
  }
}

/**
 * What `materialize` gave, with strings as strings, texts as `Text` and counters as `Counter`.
 *
 * @param seen is told of each map
 */
export function unwrap(value: unknown, seen?: (map: object) => void): unknown {
  if (typeof value === 'string') return new Text(value)
  return unwrapPatched(value, seen)
}

/** What a patch tells of a scalar, with strings as strings; containers are empty in patches. */
export function unwrapPatched(value: unknown, seen?: (map: object) => void): unknown {
  if (value instanceof Wrapped) return value.content
  // A counter can have come so far by what many have added.
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((part) => unwrap(part, seen))
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) copy[key] = unwrap((value as Record<string, unknown>)[key], seen)
  seen?.(copy)
  return copy
}

export function decodeChange(bytes: Uint8Array): DecodedChange {
  return library.decodeChange(bytes)
}

export const { encodeChange, decodeSyncMessage, encodeSyncMessage } = library

/** Nothing is known of a peer, or of an earlier state only what both surely have. */
export function createSyncState(previous?: SyncState): SyncState {
  const state = library.initSyncState()
  return previous === undefined ? state : { ...state, sharedHeads: previous.sharedHeads }
}

/** What to tell a peer next, or null; the state is brought up to date. */
export function generateSyncMessage(handle: Handle, state: SyncState): Uint8Array | null {
  const [next, message] = library.generateSyncMessage(facade(handle), state)
  Object.assign(state, next)
  return message
}

/**
 * Takes what a peer told, but for the changes in it. The peer's capabilities are left out as well: to who has
 * them the engine would send its whole document instead of changes, which can't be looked at one by one.
 */
export function receiveSyncMessage(handle: Handle, state: SyncState, message: SyncMessage): void {
  const told = { ...message, type: 'v1', supportedCapabilities: undefined, changes: [] }
  Object.assign(state, library.receiveSyncMessage(facade(handle), state, library.encodeSyncMessage(told))[1])
}

/**
 * The library takes sync states only together with its own documents, of which it needs the handle. What it
 * would do to such a document afterwards, bring it up to date, is not wanted here.
 */
function facade(handle: Handle): library.Doc<unknown> {
  const state = {
    handle: {
      generateSyncMessage: (state: never) => handle.generateSyncMessage(state),
      receiveSyncMessage: (state: never, message: Uint8Array) => handle.receiveSyncMessage(state, message),
      getHeads: () => handle.getHeads(),
      applyAndReturnPatches: (value: unknown) => ({ value, patches: [] }),
    },
  }
  return { [Symbol.for('_am_meta')]: state, [Symbol.for('_am_objectId')]: '_root' }
}

/** Runs what the engine does. Throws EngineLostError when it broke down in it and can't be used any more. */
export function engine<R>(run: () => R): R {
  try {
    return run()
  } catch (error) {
    if (isLost(error))
      throw new EngineLostError('the document engine of this thread broke down; end the thread', {
        cause: error,
      })
    throw error
  }
}

function isLost(error: unknown): boolean {
  return (error instanceof Error && error.name === 'RuntimeError') || /Module terminated/i.test(String(error))
}

function wrap(content: string): Wrapped {
  return new Wrapped(content)
}

function textOf(value: unknown): string | undefined {
  return value instanceof Text ? value.toString() : undefined
}

function counted(value: unknown): number | undefined {
  return value instanceof Counter ? value.value : undefined
}
