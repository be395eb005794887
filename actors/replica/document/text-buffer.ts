/**
 * A string that is edited in place: pieces of bounded length, so that an edit costs the length of a piece
 * and not that of the whole text. Positions count UTF-16 code units, as in every string of JavaScript.
 */
const PIECE_UNITS = 1_024

export class TextBuffer {
  #pieces: string[]
  #length: number

  constructor(text = '') {
    this.#pieces = text === '' ? [] : cut(text)
    this.#length = text.length
  }

  get length(): number {
    return this.#length
  }

  clone(): TextBuffer {
    const copy = new TextBuffer()
    copy.#pieces = this.#pieces.slice()
    copy.#length = this.#length
    return copy
  }

  /** Replaces `remove` units at `at` and returns what was there. The range has to lie within the text. */
  splice(at: number, remove: number, insert: string): string {
    const pieces = this.#pieces
    const { piece: first, offset } = this.#find(at)
    let last = first
    let end = offset + remove
    while (last < pieces.length - 1 && end > (pieces[last] as string).length) {
      end -= (pieces[last] as string).length
      last++
    }
    const old = pieces.slice(first, last + 1).join('')
    const removed = old.slice(offset, offset + remove)
    const merged = old.slice(0, offset) + insert + old.slice(offset + remove)
    this.#length += insert.length - remove
    if (first === last && merged !== '' && merged.length <= PIECE_UNITS) pieces[first] = merged
    else pieces.splice(first, last - first + 1, ...cut(merged))
    return removed
  }

  /** Whether a character of two units lies across the position, which then is no place for an edit. */
  splits(at: number): boolean {
    if (at <= 0 || at >= this.#length) return false
    return isHigh(this.#unit(at - 1)) && isLow(this.#unit(at))
  }

  toString(): string {
    return this.#pieces.join('')
  }

  #unit(at: number): number {
    const { piece, offset } = this.#find(at)
    return (this.#pieces[piece] as string).charCodeAt(offset)
  }

  #find(at: number): { piece: number; offset: number } {
    const pieces = this.#pieces
    const last = pieces.length - 1
    let piece = 0
    let offset = at
    for (; piece < last && offset >= (pieces[piece] as string).length; piece++)
      offset -= (pieces[piece] as string).length
    return { piece, offset }
  }
}

function cut(text: string): string[] {
  if (text === '') return []
  if (text.length <= PIECE_UNITS) return [text]
  const pieces: string[] = []
  const size = PIECE_UNITS / 2
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size))
  return pieces
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
