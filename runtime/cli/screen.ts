/**
 * A terminal's screen that is redrawn in place.
 *
 * Only lines that have changed are written, all at once and between the marks of a synchronized
 * update, so that nothing flickers; what stood on the terminal before is there again at the end.
 */
import type { ReadStream, WriteStream } from 'node:tty'
import { clip } from './clip.ts'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const BEGIN_UPDATE = '\u001b[?2026h'
const END_UPDATE = '\u001b[?2026l'
const CLEAR_BELOW = '\u001b[J'
const CLEAR_LINE_END = '\u001b[0m\u001b[K'

export class Screen implements Disposable {
  readonly #in: ReadStream
  readonly #out: WriteStream
  readonly #restore = () => this.close()
  readonly #resized = () => this.#onResize()
  readonly #typed = (text: string) => this.#type(text)
  #onKey: (key: string) => void = () => {}
  #onResize: () => void = () => {}
  #drawn: string[] = []
  #open = true

  constructor(input: ReadStream, output: WriteStream) {
    this.#in = input
    this.#out = output
    output.write(ENTER)
    output.on('resize', this.#resized)
    process.on('exit', this.#restore)
    if (!input.isTTY) return
    input.setRawMode(true)
    input.setEncoding('utf8')
    input.on('data', this.#typed)
  }

  /** Fast typing arrives in one piece; what begins with an escape is one key, such as an arrow. */
  #type(text: string): void {
    for (const key of text.startsWith('\u001b') ? [text] : text) this.#onKey(key)
  }

  get columns(): number {
    return this.#out.columns
  }

  get rows(): number {
    return this.#out.rows
  }

  /** Calls `listener` with each key as the terminal sends it; Ctrl-C is "\u0003". */
  onKey(listener: (key: string) => void): void {
    this.#onKey = listener
  }

  /** Calls `listener` after the size has changed and all has to be drawn anew. */
  onResize(listener: () => void): void {
    this.#onResize = () => {
      this.#drawn = []
      listener()
    }
  }

  draw(lines: readonly string[]): void {
    if (!this.#open) return
    const wanted = lines.slice(0, this.rows).map((line) => clip(line, this.columns))
    let out = this.#drawn.length === 0 ? '\u001b[2J' : ''
    wanted.forEach((line, row) => {
      if (line !== this.#drawn[row]) out += `${moveTo(row)}${line}${CLEAR_LINE_END}`
    })
    if (wanted.length < this.#drawn.length) out += `${moveTo(wanted.length)}${CLEAR_BELOW}`
    this.#drawn = wanted
    if (out !== '') this.#out.write(`${BEGIN_UPDATE}${out}${END_UPDATE}`)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    process.off('exit', this.#restore)
    this.#out.off('resize', this.#resized)
    this.#in.off('data', this.#typed)
    if (this.#in.isTTY) this.#in.setRawMode(false)
    this.#in.pause()
    this.#out.write(LEAVE)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function moveTo(row: number): string {
  return `\u001b[${row + 1};1H`
}
