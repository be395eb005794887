/**
 * One connection to the control socket: reads requests, runs them, writes replies.
 *
 * A client that does not read is dropped once more waits for it than the bound allows. Whatever a
 * client sends, the node goes on: what cannot be understood gets an error in reply.
 */
import type { Socket } from 'node:net'
import { NeuroplexError } from '../../protocols/errors.ts'
import { realClock } from '../clock.ts'
import type { Control } from './control.ts'
import { type Outlet, perform } from './control-operations.ts'
import { CONTROL_LIMITS, parseRequest, type Reply, type Request, type WireError } from './control-protocol.ts'
import { LineCutter } from './lines.ts'

export class ControlSession {
  readonly #control: Control
  readonly #socket: Socket
  readonly #running = new Map<number, AbortController>()

  constructor(control: Control, socket: Socket) {
    this.#control = control
    this.#socket = socket
    const cutter = new LineCutter(
      CONTROL_LIMITS.requestBytes,
      (line) => this.#receive(line),
      () =>
        this.#refuse(
          null,
          'CONTROL_BAD_REQUEST',
          `a request has at most ${CONTROL_LIMITS.requestBytes} bytes`,
        ),
    )
    socket.on('data', (chunk: Buffer) => cutter.push(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#abandon())
  }

  close(): void {
    this.#socket.destroy()
  }

  #abandon(): void {
    for (const controller of this.#running.values()) controller.abort()
  }

  #receive(line: string): void {
    const request = parseRequest(line)
    if ('problem' in request) return this.#refuse(request.id, 'CONTROL_BAD_REQUEST', request.problem)
    if (request.op === 'cancel') return this.#cancel(request)
    if (this.#running.has(request.id))
      return this.#refuse(request.id, 'CONTROL_BAD_REQUEST', `request ${request.id} is still under way`)
    if (this.#running.size >= CONTROL_LIMITS.requests)
      return this.#refuse(
        request.id,
        'CONTROL_BUSY',
        `${CONTROL_LIMITS.requests} requests are under way already`,
      )
    void this.#run(request)
  }

  #cancel({ id, of }: { id: number; of: number }): void {
    this.#running.get(of)?.abort()
    this.#send({ id, done: null })
  }

  async #run(request: Request): Promise<void> {
    const { id } = request
    const controller = new AbortController()
    this.#running.set(id, controller)
    try {
      const done = await perform(this.#control, request, this.#outlet(id, controller.signal))
      this.#send({ id, done: done ?? null })
    } catch (error) {
      this.#send({ id, error: describeError(error) })
    } finally {
      this.#running.delete(id)
    }
  }

  #outlet(id: number, signal: AbortSignal): Outlet {
    return {
      signal,
      begun: () => this.#send({ id, begun: true }),
      item: (item) => this.#send({ id, item }),
      itemAndWait: async (item) => {
        this.#send({ id, item })
        await this.#drained()
      },
    }
  }

  #refuse(id: number | null, code: string, message: string): void {
    this.#send({ id, error: { code, message } })
  }

  #send(reply: Reply): void {
    if (this.#socket.destroyed) return
    if (this.#socket.writableLength > CONTROL_LIMITS.pendingBytes) this.#socket.destroy()
    else this.#socket.write(`${JSON.stringify(reply)}\n`)
  }

  /** Resolves when the client has read what waits for it; drops it when it takes too long. */
  #drained(): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = realClock.after(CONTROL_LIMITS.drainMs, () => socket.destroy())
      const finish = () => {
        cancel()
        socket.off('drain', finish)
        socket.off('close', finish)
        resolve()
      }
      socket.once('drain', finish)
      socket.once('close', finish)
    })
  }
}

function describeError(error: unknown): WireError {
  if (error instanceof NeuroplexError) return { code: error.code, message: error.message }
  return { code: 'CONTROL_FAILED', message: error instanceof Error ? error.message : String(error) }
}
