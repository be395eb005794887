/**
 * Lets an operator on the same machine, and nobody else, look into a running node.
 *
 * The socket can be opened by its owner only from the moment it exists. A lock beside it says whether
 * a living node has it: without one, what lies there was left by a dead node and is replaced.
 */
import { once } from 'node:events'
import { chmodSync, lstatSync, symlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { NeuroplexError } from '../../protocols/errors.ts'
import { ProcessLock } from '../../storage/process-lock.ts'
import { realClock } from '../clock.ts'
import type { Control } from './control.ts'
import { ControlSocketError, ControlSocketInUseError } from './control-errors.ts'
import { type ControlPlace, isPipe, listenPath, removeSocket, shownPath } from './control-path.ts'
import { CONTROL_LIMITS } from './control-protocol.ts'
import { ControlSession } from './control-session.ts'

export class ControlServer implements AsyncDisposable {
  /** The path by which the command line finds this node. */
  readonly path: string
  readonly #server: Server
  readonly #control: Control
  readonly #sessions = new Set<ControlSession>()
  #lock: ProcessLock | undefined
  /** Whether there is a socket of this server to be removed. */
  #bound = false

  private constructor(control: Control, path: string) {
    this.#control = control
    this.path = path
    this.#server = createServer((socket) => this.#accept(socket))
    // A connection that cannot be accepted, for want of file descriptors, is no reason for the node to end.
    this.#server.on('error', () => {})
    // Being looked at is no reason to go on: a node whose work is done may end.
    this.#server.unref()
  }

  /** Rejects with ControlSocketInUseError when a living node has the place. */
  static async listen(control: Control, place: ControlPlace = {}): Promise<ControlServer> {
    const server = new ControlServer(control, shownPath(place))
    try {
      await server.#open(place)
    } catch (error) {
      await server.close()
      throw error instanceof NeuroplexError ? error : explain(server.path, error as NodeJS.ErrnoException)
    }
    return server
  }

  /** Ends all connections and removes the socket. */
  async close(): Promise<void> {
    for (const session of this.#sessions) session.close()
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    if (this.#bound) removeSocket(this.path)
    this.#bound = false
    this.#lock?.release()
    this.#lock = undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #open(place: ControlPlace): Promise<void> {
    const { path, link } = listenPath(place)
    if (isPipe(path)) return await bind(this.#server, path)
    const lock = `${this.path}.lock`
    this.#lock = ProcessLock.take(lock)
    if (!this.#lock) throw new ControlSocketInUseError(this.path, ProcessLock.holder(lock))
    removeAbandoned(this.path)
    await bindPrivately(this.#server, path)
    this.#bound = true
    if (link !== undefined) symlinkSync(path, link)
  }

  #accept(socket: Socket): void {
    if (this.#sessions.size >= CONTROL_LIMITS.clients) return turnAway(socket)
    socket.unref()
    const session = new ControlSession(this.#control, socket)
    this.#sessions.add(session)
    socket.once('close', () => this.#sessions.delete(session))
  }
}

function turnAway(socket: Socket): void {
  const message = `${CONTROL_LIMITS.clients} commands are connected to this node already; end one of them`
  socket.on('error', () => socket.destroy())
  socket.resume()
  realClock.after(CONTROL_LIMITS.turnAwayMs, () => socket.destroy())
  socket.end(`${JSON.stringify({ id: null, error: { code: 'CONTROL_BUSY', message } })}\n`)
}

/** Only called with the lock in hand. */
function removeAbandoned(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket() && !found.isSymbolicLink())
    throw new ControlSocketError(
      path,
      `${path} exists and is not a socket; remove it, or choose another with --socket`,
    )
  removeSocket(path)
}

async function bind(server: Server, path: string): Promise<void> {
  const listening = once(server, 'listening')
  server.listen(path)
  await listening
}

/** Node binds before `listen` returns, so that the mask is narrowed for nothing else. */
async function bindPrivately(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177)
  const bound = bind(server, path)
  process.umask(before)
  await bound
  chmodSync(path, 0o600)
}

function explain(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') return new ControlSocketInUseError(path, undefined)
  return new ControlSocketError(
    path,
    `the control socket ${path} cannot be made (${error.code ?? error.message}); see to its folder, or choose another with --data-dir`,
    error,
  )
}
