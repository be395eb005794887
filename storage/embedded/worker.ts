/** The entry of the storage thread: opens the database and serves what the writer sends. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { errorToWire, toError } from '../../protocols/payload/wire-error.ts'
import type { StorageLimits } from '../limits.ts'
import { chunkOperations } from './chunk-table.ts'
import { Database } from './database.ts'
import { type Batch, CLOSE, type Opening } from './operation.ts'
import { Service } from './service.ts'

/** Bytes and calls that one transaction takes on, so that the first of them need not wait long. */
const GROUP_BYTES = 16 * 1024 * 1024
const GROUP_CALLS = 4_096

const parent = parentPort as MessagePort
const { folder, limits } = workerData as { folder: string; limits: StorageLimits }

function open(): Database | undefined {
  try {
    const database = Database.open(folder, limits)
    parent.postMessage({} satisfies Opening)
    return database
  } catch (error) {
    parent.postMessage({ error: errorToWire(toError(error)) } satisfies Opening)
    return undefined
  }
}

function serve(database: Database): void {
  const service = new Service(database, chunkOperations(database, limits))
  parent.on('message', (first: Batch | typeof CLOSE) => {
    let closing = first === CLOSE
    const batches: Batch[] = first === CLOSE ? [] : [first]
    let bytes = 0
    let calls = 0
    // What has arrived while the last transaction was on its way to the disk goes into this one.
    while (!closing && bytes < GROUP_BYTES && calls < GROUP_CALLS) {
      const next = receiveMessageOnPort(parent) as { message: Batch | typeof CLOSE } | undefined
      if (next === undefined) break
      if (next.message === CLOSE) closing = true
      else {
        batches.push(next.message)
        bytes += next.message.bytes.byteLength
        calls += next.message.requests.length
      }
    }
    service.serve(batches, (replies, transfer) => parent.postMessage(replies, transfer))
    if (!closing) return
    database.close()
    parent.close()
  })
}

const database = open()
if (database) serve(database)
else parent.close()
