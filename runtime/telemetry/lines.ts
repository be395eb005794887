/**
 * Cuts a stream of bytes into lines of a bounded length.
 *
 * A line beyond the bound is left out as a whole and reported, and the lines after it are read as
 * usual: one bad writer costs neither memory nor its neighbours' messages.
 */
const NEWLINE = 10

export class LineCutter {
  readonly #maxBytes: number
  readonly #onLine: (line: string) => void
  readonly #onTooLong: () => void
  #parts: Buffer[] = []
  #bytes = 0
  /** Inside of a line that is too long: its rest is ignored. */
  #skipping = false

  constructor(maxBytes: number, onLine: (line: string) => void, onTooLong: () => void) {
    this.#maxBytes = maxBytes
    this.#onLine = onLine
    this.#onTooLong = onTooLong
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      this.#finish()
      from = end + 1
    }
    this.#keep(chunk.subarray(from))
  }

  #keep(part: Buffer): void {
    if (this.#skipping || part.length === 0) return
    this.#bytes += part.length
    if (this.#bytes <= this.#maxBytes) {
      this.#parts.push(part)
      return
    }
    this.#skipping = true
    this.#parts = []
    this.#onTooLong()
  }

  #finish(): void {
    const line = Buffer.concat(this.#parts).toString('utf8').trim()
    const skipped = this.#skipping
    this.#parts = []
    this.#bytes = 0
    this.#skipping = false
    if (!skipped && line !== '') this.#onLine(line)
  }
}
