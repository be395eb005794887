/**
 * The messages by which two replicas find out what each of them lacks. They are taken from whoever sends them, so
 * all that can be large in one, or make much work, has a bound. Changes in them are looked at like all others.
 */
import {
  decodeSyncMessage,
  encodeSyncMessage,
  generateSyncMessage,
  type Handle,
  type SyncMessage,
  type SyncState,
} from './automerge.ts'
import { ByteReader } from './byte-reader.ts'
import { readChunks } from './chunk.ts'
import { RefusedChangeError } from './errors.ts'
import type { DocumentLimits } from './limits.ts'

/** Bits for each change in a Bloom filter, and places that are looked at for each: the engine uses 10 and 7. */
const MAX_PER_ENTRY = 32

/** What to tell a peer next, or null; changes for which it has no room are left to the messages after it. */
export function nextSyncMessage(handle: Handle, state: SyncState, limits: DocumentLimits): Uint8Array | null {
  const bytes = generateSyncMessage(handle, state)
  if (bytes === null || bytes.length <= limits.syncBytes) return bytes
  const message = decodeSyncMessage(bytes)
  let room = limits.syncBytes - limits.changeBytes
  const fitting = message.changes.findIndex(({ length }, index) => (room -= length) < 0 && index > 0)
  const later = fitting < 0 ? [] : message.changes.splice(fitting)
  const sent = state.sentHashes as unknown as Record<string, true>
  for (const change of later)
    for (const { hash } of readChunks(change, Number.MAX_SAFE_INTEGER)) delete sent[hash]
  return encodeSyncMessage(message)
}

/** Throws RefusedChangeError for what is no message, or would make more work than a message may. */
export function readSyncMessage(bytes: Uint8Array, limits: DocumentLimits): SyncMessage {
  if (bytes.length > limits.syncBytes)
    throw new RefusedChangeError(
      'too-large',
      `a message between replicas has at most ${limits.syncBytes} bytes`,
    )
  try {
    const message = decodeSyncMessage(bytes)
    checkHashes(message.heads, limits)
    checkHashes(message.need, limits)
    if (message.have.length > 1) throw new Error('it says twice what its sender has')
    for (const { lastSync, bloom } of message.have) {
      checkHashes(lastSync, limits)
      checkBloom(bloom)
    }
    return message
  } catch (cause) {
    throw new RefusedChangeError('malformed', 'this is no message between replicas of a document', { cause })
  }
}

function checkHashes(hashes: readonly string[], { actors }: DocumentLimits): void {
  if (hashes.length > actors) throw new Error(`it lists ${hashes.length} changes`)
  if (new Set(hashes).size < hashes.length) throw new Error('it lists a change twice')
}

/** Every change is looked up in the filter, so that is where much work could be made. */
function checkBloom(bloom: Uint8Array): void {
  if (bloom.length === 0) return
  const reader = new ByteReader(bloom)
  const entries = reader.unsigned()
  if (entries === 0) return
  for (const perEntry of [reader.unsigned(), reader.unsigned()])
    if (perEntry < 1 || perEntry > MAX_PER_ENTRY) throw new Error('it has a Bloom filter of another kind')
}
