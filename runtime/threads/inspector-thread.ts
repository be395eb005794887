/**
 * The entry of the inspector thread: for each question a session that attaches to the thread in question,
 * evaluates one expression there, and is closed.
 *
 * The expression runs while the code of that thread is interrupted, wherever that is. Attaching reaches
 * all threads of the process for as long as the session lasts; nothing is enabled on them.
 */
import { Session } from 'node:inspector'
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { BlockedAt } from './blocked-at.ts'
import type { Answer, Question } from './inspector.ts'

const EVALUATE = 1
const ENABLE_DEBUGGER = 2

/** What comes from the thread in question. */
interface Message {
  id?: number
  method?: string
  result?: { result?: { value?: BlockedAt } }
}

const parent = parentPort as MessagePort

parent.on('message', async (question: Question) => {
  const answer: Answer = { id: question.id, held: false, blockedAt: undefined }
  if (Date.now() < question.until) await ask(question, answer)
  parent.postMessage(answer)
})

/** Writes into `answer` what comes in time. */
async function ask(question: Question, answer: Answer): Promise<void> {
  const session = new Session()
  session.connectToMainThread()
  const { promise, resolve } = Promise.withResolvers<void>()
  const late = setTimeout(resolve, question.until - Date.now())
  session.on('NodeWorker.attachedToWorker', ({ params }) => {
    if (!isThread(params.workerInfo.title, question.threadId)) return
    const send = (id: number, method: string, args: object) =>
      session.post('NodeWorker.sendMessageToWorker', {
        sessionId: params.sessionId,
        message: JSON.stringify({ id, method, params: args }),
      })
    send(EVALUATE, 'Runtime.evaluate', {
      expression: question.expression,
      returnByValue: true,
      silent: true,
    })
    // Says at once when another debugger holds the thread.
    if (question.debugged) send(ENABLE_DEBUGGER, 'Debugger.enable', {})
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    const message = JSON.parse(params.message) as Message
    if (message.method === 'Debugger.paused') answer.held = true
    if (message.id === EVALUATE) answer.blockedAt = message.result?.result?.value
    if (message.id === (question.debugged ? ENABLE_DEBUGGER : EVALUATE)) resolve()
  })
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  await promise
  clearTimeout(late)
  session.removeAllListeners()
  session.disconnect()
}

/** The number of a thread is in no field of its own. */
function isThread(title: string, threadId: number): boolean {
  return /^\[?worker (\d+)/i.exec(title)?.[1] === String(threadId)
}
