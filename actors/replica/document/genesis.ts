/**
 * The first change of a document: the same bytes on every replica for the same type and the same initial
 * shape. What it creates exists once, where containers that two replicas create by themselves hide each other.
 */
import { createHash } from 'node:crypto'
import { createHandle, type Handle } from './automerge.ts'
import { type Data, type DataMap, importValue, isMap } from './data.ts'
import { InvalidValueError } from './errors.ts'
import { DOCUMENT_LIMITS, type DocumentLimits } from './limits.ts'
import { put } from './write.ts'

/** The actor that makes the genesis of all documents of a type, and nothing else. */
function genesisActor(type: string): string {
  return createHash('sha256').update(`neuroplex genesis of ${type}`).digest('hex').slice(0, 32)
}

/** The genesis of a document as bytes. Throws InvalidValueError for what can't be in a document. */
export function genesisOf(type: string, initial: unknown = {}): Uint8Array {
  const handle = createGenesis(type, initial, DOCUMENT_LIMITS)
  try {
    return handle.save()
  } finally {
    handle.free()
  }
}

/**
 * The first change of the next epoch of a document: its state without its history, the same bytes wherever
 * it is made of the same version.
 *
 * @param state what the document is at that version
 */
export function nextGenesisOf(
  id: string,
  epoch: number,
  version: readonly string[],
  state: DataMap,
): Uint8Array {
  const name = [id, epoch, ...[...version].sort()].join(' ')
  const actor = createHash('sha256').update(name).digest('hex').slice(0, 32)
  const handle = createHandle(actor)
  try {
    const sorted = sortKeys(state) as DataMap
    for (const key of Object.keys(sorted)) put(handle, '/', key, sorted[key] as Data)
    const message = JSON.stringify({ v: 1, by: [], epoch })
    if (handle.commit(message, 0) === null) handle.emptyChange(message, 0)
    return handle.save()
  } finally {
    handle.free()
  }
}

/** Which epoch a document is in, where 0 is the first, and the hash of the change that it begins with. */
export function epochOf(handle: Handle): { epoch: number; first: string } {
  const [first = ''] = handle.topoHistoryTraversal()
  const message = first === '' ? null : (handle.getChangeMetaByHash(first)?.message ?? null)
  const found = message === null ? null : /^\{"v":1,"by":\[\],"epoch":(\d{1,9})[,}]/.exec(message)
  return { epoch: found === null ? 0 : Number(found[1]), first }
}

/** A document that has only its genesis. Throws InvalidValueError for what can't be in a document. */
export function createGenesis(type: string, initial: unknown, limits: DocumentLimits): Handle {
  const shape = importValue(initial, [], limits, { operations: 0, bytes: 0 })
  if (!isMap(shape)) throw new InvalidValueError('a document begins as a plain object')
  const handle = createHandle(genesisActor(type))
  const sorted = sortKeys(shape) as DataMap
  for (const key of Object.keys(sorted)) put(handle, '/', key, sorted[key] as Data)
  if (handle.commit(null, 0) === null) handle.emptyChange(null, 0)
  return handle
}

function sortKeys(value: Data): Data {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isMap(value)) return value
  const sorted: DataMap = {}
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys(value[key] as Data)
  return sorted
}
