/**
 * An actor sends texts of 64 bytes to one on another worker thread, which tells when all have come.
 *
 * It sends in bursts and goes on in its next turn, as the bare program that it is compared with does.
 */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem, secondsSince } from './system.ts'

const TEXT = 'x'.repeat(64)
const ROUND_MS = 60_000

type CrossThreadSizes = {
  readonly rounds: number
  readonly messages: number
  readonly burst: number
}

/** Each actor has a pool of its own, and with it a thread. */
const pools = { senders: { threads: 1 }, receivers: { threads: 1 } }

export async function run({ rounds, messages, burst }: CrossThreadSizes): Promise<Figure[]> {
  return inSystem(import.meta.url, { threads: 0, pools }, async (system) => {
    const receiver = await system.spawn(Receiver, { pool: 'receivers', mailbox: { size: messages } })
    const sender = await system.spawn(BurstSender, { pool: 'senders', args: [receiver, burst] })
    let seconds = 0
    for (let round = 0; round < rounds; round++) seconds = await sender.within(ROUND_MS).ask.play(messages)
    return [{ name: 'cross-thread', unit: 'messages/s', value: messages / seconds }]
  })
}

export class BurstSender extends Actor<BurstSender> {
  static override reentrant = true
  readonly #receiver: ActorRef<Receiver>
  readonly #burst: number
  #over = Promise.withResolvers<void>()

  constructor(receiver: ActorRef<Receiver>, burst: number) {
    super()
    this.#receiver = receiver
    this.#burst = burst
  }

  async play(messages: number): Promise<number> {
    this.#over = Promise.withResolvers<void>()
    const started = performance.now()
    this.#receiver.tell.expect(messages, this.context.self)
    this.context.self.tell.send(messages)
    await this.#over.promise
    return secondsSince(started)
  }

  send(left: number): void {
    const now = Math.min(left, this.#burst)
    for (let i = 0; i < now; i++) this.#receiver.tell.note(TEXT)
    if (left > now) this.context.self.tell.send(left - now)
  }

  over(): void {
    this.#over.resolve()
  }
}

export class Receiver extends Actor {
  #left = 0
  #sender: ActorRef<BurstSender> | undefined

  expect(messages: number, sender: ActorRef<BurstSender>): void {
    this.#left = messages
    this.#sender = sender
  }

  note(text: string): void {
    if (text.length === TEXT.length && --this.#left === 0) this.#sender?.tell.over()
  }
}
