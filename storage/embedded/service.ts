/** Carries out requests on the storage thread: groups them, and turns what happens into replies. */
import { NeuroplexError } from '../../protocols/errors.ts'
import { errorToWire } from '../../protocols/payload/wire-error.ts'
import type { Database } from './database.ts'
import { type Failure, GroupCommit, type Job } from './group-commit.ts'
import type { Batch, Operations, Reply, Request, Result } from './operation.ts'
import { storageFailed } from './sqlite-error.ts'

type Send = (replies: Reply[], transfer: ArrayBuffer[]) => void

interface Call {
  readonly request: Request
  readonly bytes: readonly Uint8Array[]
  result: Result
}

export class Service {
  readonly #path: string
  readonly #operations: Operations
  readonly #commits: GroupCommit

  constructor(database: Database, operations: Operations) {
    this.#path = database.path
    this.#operations = operations
    this.#commits = new GroupCommit(database.sql)
  }

  /** Sends each reply once what it acknowledges is durable. */
  serve(batches: readonly Batch[], send: Send): void {
    let calls = batches.flatMap(unpack)
    while (calls.length > 0) {
      const failures = this.#commits.run(calls.map((call) => this.#jobOf(call)))
      const done = calls.slice(0, failures.length)
      send(
        done.map((call, i) => this.#reply(call, failures[i])),
        done.flatMap((call, i) => (failures[i] === undefined ? (call.result.transfer ?? []) : [])),
      )
      calls = calls.slice(failures.length)
    }
  }

  #jobOf(call: Call): Job {
    const { operation, args } = call.request
    const { reads, run } = this.#operations[operation]!
    return {
      reads,
      run: () => {
        call.result = run(args as never, call.bytes)
        return (call.result.transfer ?? []).reduce((sum, { byteLength }) => sum + byteLength, 0)
      },
    }
  }

  #reply({ request, result }: Call, failure: Failure | undefined): Reply {
    const { number, operation } = request
    if (failure === undefined) return { number, value: result.value }
    const { error, committing } = failure
    const own =
      error instanceof NeuroplexError
        ? error
        : storageFailed(`${operation} failed on ${this.#path}`, error, {
            method: operation,
            mayHaveRun: committing,
          })
    return { number, error: errorToWire(own) }
  }
}

function unpack({ requests, bytes }: Batch): Call[] {
  let offset = 0
  return requests.map((request) => {
    const parts = request.sizes.map((size) => {
      offset += size
      return new Uint8Array(bytes, offset - size, size)
    })
    return { request, bytes: parts, result: {} }
  })
}
