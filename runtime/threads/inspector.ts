/**
 * Asks a thread whose code never returns where it is, by way of the inspector, which can interrupt it.
 *
 *   starting thread            inspector thread                      blocked thread
 *      | -- which thread, until -> |                                       |
 *      |                           | -- evaluate (by way of the ---------> |  interrupted,
 *      |                           |    starting thread's inspector)       |  blocked-at.ts
 *      | <----------- BlockedAt -- | <------------------------- answer --- |
 *
 * The inspector's session lives on a thread of its own. On the starting thread, its listeners would be
 * called while the platform walks its list of threads, and a thread that starts or ends just then would
 * change that list and crash the process. That thread is never ended, for one that ends while a session
 * of its is being closed crashes the process as well.
 */
import { Worker } from 'node:worker_threads'
import { type BlockedAt, WHERE } from './blocked-at.ts'

/** Milliseconds that an answer may take; a thread that is in native code for longer doesn't give one. */
const ANSWER_MS = 250
/** Where a debugger may hold the thread, it would be lost to who debugs it for an answer that comes late. */
const DEBUGGED_ANSWER_MS = 5_000

export interface Question {
  id: number
  threadId: number
  expression: string
  /** When nobody waits for the answer any more, in milliseconds of wall-clock time. */
  until: number
  /** Whether to find out as well if a debugger holds the thread. */
  debugged: boolean
}

export interface Answer {
  id: number
  /** A debugger holds the thread. */
  held: boolean
  blockedAt: BlockedAt | undefined
}

/** What is known of a thread that stands still. */
export type Standstill = Pick<Answer, 'held' | 'blockedAt'>

const SILENT: Standstill = { held: false, blockedAt: undefined }

const ENTRY = new URL(
  `./inspector-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
)

let thread: Worker | undefined
let questions = 0
const waiting = new Map<number, (standstill: Standstill) => void>()

/** Under the permission model no thread has the inspector, and a session that is opened there aborts the process. */
const usable = process.features.inspector && process.permission === undefined

/** Starts the inspector thread where there is none, so that it need not be waited for when it is asked. */
export function startInspector(): void {
  if (usable) thread ??= start()
}

function start(): Worker {
  const started = new Worker(ENTRY, { name: 'neuroplex-inspector', execArgv: [], env: {} })
  started.on('message', ({ id, ...standstill }: Answer) => waiting.get(id)?.(standstill))
  const gone = () => {
    thread = undefined
    for (const answer of waiting.values()) answer(SILENT)
  }
  started.on('error', gone)
  started.on('exit', gone)
  started.unref()
  return started
}

/** Resolves with what can be told of a thread of this process, at the latest after ANSWER_MS, or DEBUGGED_ANSWER_MS. */
export function inspect(threadId: number): Promise<Standstill> {
  startInspector()
  const inspector = thread
  if (inspector === undefined) return Promise.resolve(SILENT)
  const id = ++questions
  return new Promise((resolve) => {
    const answer = (standstill: Standstill) => {
      clearTimeout(late)
      waiting.delete(id)
      resolve(standstill)
    }
    const debugged = debuggerMayBeThere()
    const answerMs = debugged ? DEBUGGED_ANSWER_MS : ANSWER_MS
    const late = setTimeout(() => answer(SILENT), answerMs)
    waiting.set(id, answer)
    const until = Date.now() + answerMs
    const question: Question = { id, threadId, expression: WHERE, until, debugged }
    inspector.postMessage(question)
  })
}

function debuggerMayBeThere(): boolean {
  return process.getBuiltinModule('node:inspector').url() !== undefined
}
