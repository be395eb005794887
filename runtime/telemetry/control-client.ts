/**
 * The operator's side of the control socket: asks a running node and reads its answers.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { ControlRequestError, NodeUnreachableError } from './control-errors.ts'
import { type ControlPlace, connectPath, shownPath } from './control-path.ts'
import {
  CONTROL_LIMITS,
  type OperationName,
  type Operations,
  parseReply,
  type Reply,
} from './control-protocol.ts'
import { LineCutter } from './lines.ts'
import { ReplyQueue } from './reply-queue.ts'

type Params<K extends OperationName> = Operations[K]['params']
/** What `collect` gathers: the elements of an operation that answers in batches. */
type Element<K extends OperationName> = Operations[K]['item'] extends readonly (infer E)[] ? E : never

export interface StreamOptions {
  /** Ends the stream as if the node had. */
  signal?: AbortSignal
  /** Called once an endless request is in place. */
  onBegun?: () => void
}

/** One connection to a node. Close it when done; all that is under way then ends. */
export class ControlClient implements Disposable {
  readonly #socket: Socket
  readonly #shown: string
  readonly #answerMs: number
  readonly #queues = new Map<number, ReplyQueue>()
  #lastId = 0
  /** Why the connection is of no more use. */
  #ended: Error | undefined

  private constructor(socket: Socket, shown: string, answerMs: number) {
    this.#socket = socket
    this.#shown = shown
    this.#answerMs = answerMs
    const cutter = new LineCutter(
      CONTROL_LIMITS.replyBytes,
      (line) => this.#receive(line),
      () => this.#fail(this.#unreachable('sent a longer answer than this command reads')),
    )
    socket.on('data', (chunk: Buffer) => cutter.push(chunk))
    socket.on('error', (error) => this.#fail(this.#unreachable('broke the connection', error)))
    socket.on('close', () => this.#fail(this.#unreachable('closed the connection; it has probably ended')))
  }

  /** Rejects with NodeUnreachableError when no node listens there. */
  static async connect(
    place: ControlPlace,
    answerMs: number = CONTROL_LIMITS.answerMs,
  ): Promise<ControlClient> {
    const shown = shownPath(place)
    const socket = connect(connectPath(place))
    try {
      await once(socket, 'connect')
    } catch (error) {
      throw new NodeUnreachableError(shown, explainRefusal(shown, error as NodeJS.ErrnoException), error)
    }
    return new ControlClient(socket, shown, answerMs)
  }

  /** Asks for one value. Rejects with ControlRequestError when the node refuses. */
  async call<K extends OperationName>(op: K, params: Params<K>): Promise<Operations[K]['done']> {
    const queue = this.#request(op, params)
    for (;;) {
      const reply = await queue.next()
      if ('done' in reply) return reply.done as Operations[K]['done']
    }
  }

  /** Asks for all batches of a finite list. */
  async collect<K extends OperationName>(op: K, params: Params<K>): Promise<Element<K>[]> {
    const all: Element<K>[] = []
    for await (const batch of this.stream(op, params))
      for (const element of batch as Element<K>[]) all.push(element)
    return all
  }

  /** Reads items as they come; leaving the loop cancels the request. */
  async *stream<K extends OperationName>(
    op: K,
    params: Params<K>,
    { signal, onBegun }: StreamOptions = {},
  ): AsyncGenerator<Operations[K]['item']> {
    if (signal?.aborted) return
    const queue = this.#request(op, params)
    const end = () => queue.push({ id: queue.id, done: null })
    signal?.addEventListener('abort', end)
    try {
      for (;;) {
        const reply = await queue.next()
        if ('done' in reply) return
        if ('begun' in reply) onBegun?.()
        if ('item' in reply) yield reply.item as Operations[K]['item']
      }
    } finally {
      signal?.removeEventListener('abort', end)
      this.#cancel(queue)
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #request<K extends OperationName>(op: K, params: Params<K>): ReplyQueue {
    const id = ++this.#lastId
    const queue = new ReplyQueue(id, this.#socket, this.#answerMs, () =>
      this.#unreachable(`has not answered for ${this.#answerMs} ms; its main thread may be blocked`),
    )
    if (this.#ended) queue.fail(this.#ended)
    else this.#queues.set(id, queue)
    this.#send({ ...params, id, op })
    return queue
  }

  #send(request: object): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(request)}\n`)
  }

  #cancel(queue: ReplyQueue): void {
    queue.close()
    if (this.#queues.delete(queue.id)) this.#send({ id: ++this.#lastId, op: 'cancel', of: queue.id })
  }

  #receive(line: string): void {
    const reply = parseReply(line)
    if (!reply) return this.#fail(this.#unreachable('answered with something that is not of this protocol'))
    if (reply.id === null) return this.#fail(problemOf(reply))
    const queue = this.#queues.get(reply.id)
    if ('done' in reply || 'error' in reply) this.#queues.delete(reply.id)
    if ('error' in reply) queue?.fail(problemOf(reply))
    else queue?.push(reply)
  }

  #fail(error: Error): void {
    this.#ended ??= error
    for (const queue of this.#queues.values()) queue.fail(error)
    this.#queues.clear()
    this.#socket.destroy()
  }

  #unreachable(what: string, cause?: unknown): NodeUnreachableError {
    return new NodeUnreachableError(this.#shown, `the node at ${this.#shown} ${what}`, cause)
  }
}

function problemOf(reply: Reply): Error {
  return 'error' in reply
    ? new ControlRequestError(reply.error.code, reply.error.message)
    : new ControlRequestError('CONTROL_BAD_REPLY', 'the node answered without saying which request it means')
}

function explainRefusal(shown: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return `no node is running here: there is no control socket ${shown}; start one with \`neuroplex run\`, or name its folder with --data-dir`
    case 'ECONNREFUSED':
      return `the node that made ${shown} is gone; start it again with \`neuroplex run\``
    case 'EACCES':
    case 'EPERM':
      return `the control socket ${shown} belongs to another user; run this command as that user`
    default:
      return `cannot connect to ${shown}: ${error.message}`
  }
}
