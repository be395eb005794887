/** What a validator says to the others and hears of them, as frames. */
import type { SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import { MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import type { Message } from '../../../protocols/consensus/messages.ts'
import type { Envelope, PublicKey } from '../../../protocols/consensus/types.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'
import type { Measurements } from './measurements.ts'
import type { Sent, Speech } from './options.ts'
import type { Link } from './ports.ts'

export interface ExchangeShell {
  readonly link: Link
  readonly speech: Speech
  readonly measurements: Measurements
  now(): number
  invalid(peer: PublicKey, what: string): void
}

export class Exchange {
  readonly #shell: ExchangeShell

  constructor(shell: ExchangeShell) {
    this.#shell = shell
  }

  /** What came from a peer; undefined where no honest one sends such bytes. */
  read(from: PublicKey, bytes: Uint8Array): Frame | undefined {
    const { invalid, measurements, now } = this.#shell
    let frame: Frame
    try {
      frame = decodeFrame(bytes)
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error
      invalid(from, `a frame: ${error.message}`)
      return undefined
    }
    if (frame.kind === 'consensus' && frame.message.kind === 'vote' && frame.message.vote.kind === 'notarize')
      measurements.heardVote(frame.message.vote.view, now())
    return frame
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

  #send(to: PublicKey | 'all', frame: Frame): void {
    const { link } = this.#shell
    const bytes = encodeFrame(frame)
    if (to === 'all') link.broadcast(bytes)
    else link.send(to, bytes)
  }
}
