/**
 * The replies to one request, from the socket to whoever reads them.
 *
 * Holds the socket back while its reader is slow, so that a flood ends at the node's bound and not in
 * this process's memory, and gives up when an answer that is due does not come.
 */
import type { Socket } from 'node:net'
import { realClock } from '../clock.ts'
import type { Reply } from './control-protocol.ts'

/** Replies that wait here before the socket is held back. */
const HIGH = 1_000

export class ReplyQueue {
  readonly id: number
  readonly #socket: Socket
  readonly #answerMs: number
  readonly #late: () => Error
  readonly #waiting: Reply[] = []
  #reader: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined
  #error: Error | undefined
  /** Ends the wait for an answer that is due. */
  #cancel: (() => void) | undefined

  constructor(id: number, socket: Socket, answerMs: number, late: () => Error) {
    this.id = id
    this.#socket = socket
    this.#answerMs = answerMs
    this.#late = late
    this.#expect()
  }

  push(reply: Reply): void {
    if ('begun' in reply || 'done' in reply) this.#expectNothing()
    else if (this.#cancel) this.#expect()
    if (this.#reader) {
      this.#reader.resolve(reply)
      this.#reader = undefined
      return
    }
    this.#waiting.push(reply)
    if (this.#waiting.length >= HIGH) this.#socket.pause()
  }

  /** Ends the queue; replies that came before are still read. */
  fail(error: Error): void {
    this.#expectNothing()
    this.#error ??= error
    this.#reader?.reject(this.#error)
    this.#reader = undefined
  }

  /** Nobody reads on. */
  close(): void {
    this.#expectNothing()
    this.#waiting.length = 0
    this.#socket.resume()
  }

  next(): Promise<Reply> {
    const reply = this.#waiting.shift()
    if (reply) {
      if (this.#waiting.length === 0) this.#socket.resume()
      return Promise.resolve(reply)
    }
    if (this.#error) return Promise.reject(this.#error)
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  #expect(): void {
    this.#cancel?.()
    this.#cancel = realClock.after(this.#answerMs, () => this.fail(this.#late()))
  }

  #expectNothing(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
