/** What a validator says to the others and hears of them, as frames. */
import type { SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import { MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import type { Message } from '../../../protocols/consensus/messages.ts'
import type { Envelope, PublicKey } from '../../../protocols/consensus/types.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { Inbox } from './inbox.ts'
import type { Measurements } from './measurements.ts'
import type { Sent, Speech } from './options.ts'
import type { Link } from './ports.ts'

export interface ExchangeShell {
  readonly link: Link
  readonly speech: Speech
  readonly measurements: Measurements
  now(): number
  /** Calls `flush` soon. */
  soon(): void
  heard(from: PublicKey, frame: Frame): void
  invalid(peer: PublicKey, what: string): void
}

export class Exchange {
  readonly #shell: ExchangeShell
  readonly #inbox: Inbox

  constructor(shell: ExchangeShell) {
    const { invalid, soon } = shell
    this.#shell = shell
    this.#inbox = new Inbox({
      soon,
      receive: (from, bytes) => this.#read(from, bytes),
      dropping: (from) => invalid(from, 'more frames than its share, so that some are dropped'),
    })
  }

  receive(from: PublicKey, bytes: Uint8Array): void {
    this.#inbox.deliver(from, bytes)
  }

  /** Goes on with what waits. */
  flush(): void {
    this.#inbox.flush()
  }

  /** What the protocol has it say, or what it says in place of that. */
  speak(sent: Sent): void {
    this.#shell.speech(sent, (to, message) => this.say(to, message))
  }

  say(to: PublicKey | 'all', message: Message): void {
    const { measurements, now } = this.#shell
    if (message.kind === 'proposal') measurements.proposed(message.vote.view, now())
    this.#send(to, { kind: 'consensus', message })
  }

  sync(to: PublicKey | 'all', message: SyncMessage): void {
    this.#send(to, { kind: 'sync', message })
  }

  spread(envelope: Envelope): void {
    this.#send('all', { kind: 'envelope', envelope })
  }

  #read(from: PublicKey, bytes: Uint8Array): void {
    const { heard, invalid, measurements, now } = this.#shell
    let frame: Frame
    try {
      frame = decodeFrame(bytes)
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error
      return invalid(from, `a frame: ${error.message}`)
    }
    if (frame.kind === 'consensus' && frame.message.kind === 'vote' && frame.message.vote.kind === 'notarize')
      measurements.heardVote(frame.message.vote.view, now())
    heard(from, frame)
  }

  #send(to: PublicKey | 'all', frame: Frame): void {
    const { link } = this.#shell
    const bytes = encodeFrame(frame)
    if (to === 'all') link.broadcast(bytes)
    else link.send(to, bytes)
  }
}
