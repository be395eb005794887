/**
 * Groups: whoever subscribes to a topic gets what is published on it, on whichever thread both live.
 * A thread tells the others which topics somebody here listens to; a message crosses to each such
 * thread once.
 */
import { scanOne } from '../../protocols/payload/scan.ts'
import type { Cell } from '../actor/cell.ts'
import { TOPIC } from '../actor/internal-handlers.ts'
import { Envelope } from '../mailbox/envelope.ts'
import type { Host } from '../threads/host.ts'
import { mailboxFull, withCall } from './failures.ts'

interface Subscription {
  readonly cell: Cell
  readonly listener: (message: unknown) => unknown
  /** Messages that wait in the mailbox; bounded as the mailbox is. */
  waiting: number
}

export class Topics {
  readonly #host: Host
  readonly #local = new Map<string, Set<Subscription>>()
  readonly #elsewhere = new Map<string, Set<number>>()

  constructor(host: Host) {
    this.#host = host
  }

  subscribe(cell: Cell, topic: string, listener: (message: unknown) => unknown): () => void {
    const subscription: Subscription = { cell, listener, waiting: 0 }
    let subscriptions = this.#local.get(topic)
    if (subscriptions === undefined) {
      subscriptions = new Set()
      this.#local.set(topic, subscriptions)
      this.#host.links.broadcast('interest', { topic, wanted: true })
    }
    subscriptions.add(subscription)
    const end = () => {
      cell.extras.leases.delete(end)
      this.#unsubscribe(topic, subscription)
    }
    cell.extras.leases.add(end)
    return end
  }

  /** Throws NotSendableError where the message can't travel. */
  publish(topic: string, message: unknown): void {
    try {
      scanOne(message, 'the message', this.#host.limits.messageBytes)
    } catch (error) {
      throw withCall(error, topic, 'publish')
    }
    for (const thread of this.#elsewhere.get(topic) ?? [])
      this.#host.links.notice(thread, 'publish', { topic, message })
    this.deliver(topic, message)
  }

  /** Hands a message to the subscribers of this thread. */
  deliver(topic: string, message: unknown): void {
    for (const subscription of this.#local.get(topic) ?? []) this.#hand(topic, subscription, message)
  }

  interest(thread: number, topic: string, wanted: boolean): void {
    const threads = this.#elsewhere.get(topic) ?? new Set()
    if (wanted) threads.add(thread)
    else threads.delete(thread)
    if (threads.size === 0) this.#elsewhere.delete(topic)
    else this.#elsewhere.set(topic, threads)
  }

  /** A thread was replaced: it listens to nothing yet and must hear what is listened to here. */
  threadOpened(thread: number): void {
    for (const topic of this.#local.keys())
      this.#host.links.notice(thread, 'interest', { topic, wanted: true })
  }

  threadLost(thread: number): void {
    for (const topic of [...this.#elsewhere.keys()]) this.interest(thread, topic, false)
  }

  #hand(topic: string, subscription: Subscription, message: unknown): void {
    const { cell, listener } = subscription
    const { host } = cell
    if (subscription.waiting >= cell.mailbox.limit) {
      const error = mailboxFull(cell.path, topic, subscription.waiting)
      host.deadLetters.record({
        to: cell.path,
        method: `(topic ${topic})`,
        reason: 'mailbox-full',
        detail: error.message,
      })
      return
    }
    subscription.waiting++
    const run = () => {
      subscription.waiting--
      return listener(message)
    }
    host.runAsTurn(cell, new Envelope(TOPIC, [run], null, null, null))
  }

  #unsubscribe(topic: string, subscription: Subscription): void {
    const subscriptions = this.#local.get(topic)
    if (subscriptions === undefined) return
    subscriptions.delete(subscription)
    if (subscriptions.size > 0) return
    this.#local.delete(topic)
    this.#host.links.broadcast('interest', { topic, wanted: false })
  }
}
