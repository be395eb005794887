/**
 * Watches: whoever watches an actor is told once when it is gone for good, also where that was before
 * the watch began, and wherever the actor lives.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { Target } from '../actor/ref.ts'
import { State } from '../actor/state.ts'
import type { Host } from '../threads/host.ts'

type Listener = (exit: Exit) => void

interface Watched {
  readonly path: string
  readonly listeners: Set<Listener>
}

export class Watches {
  readonly #host: Host
  /** Watches on actors of other threads: thread -> serial -> who watches. */
  readonly #remote = new Map<number, Map<number, Watched>>()
  /** Who watches from another thread: serial -> thread -> how to end it. */
  readonly #watchedBy = new Map<number, Map<number, () => void>>()

  constructor(host: Host) {
    this.#host = host
  }

  /** Calls `listener` once, later than this returns; the returned function ends the watch. */
  watch(target: Target, listener: Listener): () => void {
    let active = true
    const once = (exit: Exit) => {
      if (!active) return
      active = false
      listener(exit)
    }
    const end = target.cell === null ? this.#watchRemote(target, once) : this.#watchLocal(target.cell, once)
    return () => {
      active = false
      end()
    }
  }

  #watchLocal(cell: NonNullable<Target['cell']>, listener: Listener): () => void {
    if (cell.state === State.stopped) {
      this.#host.clock.soon(() => listener(cell.exit))
      return () => undefined
    }
    cell.extras.watchers.add(listener)
    return () => cell.extras.watchers.delete(listener)
  }

  #watchRemote(target: Target, listener: Listener): () => void {
    const { thread, serial, path } = target
    const bySerial = this.#remote.get(thread) ?? new Map<number, Watched>()
    this.#remote.set(thread, bySerial)
    let watched = bySerial.get(serial)
    if (watched === undefined) {
      watched = { path, listeners: new Set() }
      bySerial.set(serial, watched)
      this.#host.links.notice(thread, 'watch', { serial, path })
    }
    const { listeners } = watched
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || bySerial.get(serial)?.listeners !== listeners) return
      bySerial.delete(serial)
      this.#host.links.notice(thread, 'unwatch', { serial })
    }
  }

  /** Another thread watches an actor of this one. */
  watchedFrom(thread: number, serial: number, path: string): void {
    const cell = this.#host.exported(serial)
    if (cell === undefined) {
      // One whose supervisor may yet bring it back is watched once that is decided.
      if (this.#host.arrivals.whenDecided(serial, () => this.watchedFrom(thread, serial, path))) return
      const kind = serial < this.#host.firstSerial ? 'thread-lost' : 'stopped'
      this.#host.links.notice(thread, 'exited', { serial, exit: { kind, path } })
      return
    }
    const watchers = this.#watchedBy.get(serial) ?? new Map<number, () => void>()
    this.#watchedBy.set(serial, watchers)
    watchers.get(thread)?.()
    const end = this.watch(cell.ref, (exit) => {
      this.#watchedBy.delete(serial)
      this.#host.links.notice(thread, 'exited', { serial, exit })
    })
    watchers.set(thread, end)
  }

  unwatchedFrom(thread: number, serial: number): void {
    const watchers = this.#watchedBy.get(serial)
    watchers?.get(thread)?.()
    watchers?.delete(thread)
    if (watchers?.size === 0) this.#watchedBy.delete(serial)
  }

  /** An actor of another thread is gone. */
  exited(thread: number, serial: number, exit: Exit): void {
    const watched = this.#remote.get(thread)?.get(serial)
    this.#remote.get(thread)?.delete(serial)
    for (const listener of [...(watched?.listeners ?? [])]) listener(exit)
  }

  /** A thread was replaced: what is watched there is asked about anew. */
  threadOpened(thread: number): void {
    for (const [serial, { path }] of this.#remote.get(thread) ?? [])
      this.#host.links.notice(thread, 'watch', { serial, path })
  }
}
