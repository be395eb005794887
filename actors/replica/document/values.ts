/**
 * What a document is made of: null, booleans, numbers, strings, dates, bytes, counters, texts, arrays and
 * plain objects. A string is replaced as a whole; a text is edited by several at once. A number is replaced
 * as a whole; what several add to is a counter.
 */
import { InvalidValueError, ReadOnlyError } from './errors.ts'
import { TextBuffer } from './text-buffer.ts'

/** A whole number that replicas add to at once without losing a step. */
export class Counter {
  protected current: number

  constructor(value = 0) {
    checkWhole('a counter', value)
    this.current = value
  }

  get value(): number {
    return this.current
  }

  /** Throws ReadOnlyError in a view, and InvalidValueError unless `by` is a whole number. */
  increment(by = 1): void {
    checkWhole('what is added to a counter', by)
    checkWhole('a counter', this.current + by)
    if (Object.isFrozen(this)) throw new ReadOnlyError('a view does not change; count within edit()')
    this.current += by
  }

  decrement(by = 1): void {
    this.increment(-by)
  }

  valueOf(): number {
    return this.value
  }

  toString(): string {
    return String(this.value)
  }

  toJSON(): number {
    return this.value
  }
}

/** A counter to put into a document: `draft.votes = counter(0)`. */
export function counter(value = 0): Counter {
  return new Counter(value)
}

let buffers: (text: Text) => TextBuffer
let over: (buffer: TextBuffer) => Text

/** A text that replicas edit at once, character by character. Positions are those of JavaScript's strings. */
export class Text {
  #buffer: TextBuffer

  static {
    buffers = (text) => text.#buffer
    over = (buffer) => {
      const text = new Text()
      text.#buffer = buffer
      return text
    }
  }

  constructor(text = '') {
    checkString('a text', text)
    this.#buffer = new TextBuffer(text)
    // An own property: what compares or copies texts by their properties would see nothing otherwise.
    Object.defineProperty(this, 'text', CONTENT)
  }

  get length(): number {
    return this.#buffer.length
  }

  /** Throws ReadOnlyError in a view, and InvalidValueError where `at` is no position of the text. */
  insert(at: number, text: string): void {
    this.#writable()
    checkEdit(this.#buffer, at, 0, text)
    this.#buffer.splice(at, 0, text)
  }

  delete(at: number, count = 1): void {
    this.#writable()
    checkEdit(this.#buffer, at, count, '')
    this.#buffer.splice(at, count, '')
  }

  toString(): string {
    return this.#buffer.toString()
  }

  toJSON(): string {
    return this.toString()
  }

  #writable(): void {
    if (Object.isFrozen(this)) throw new ReadOnlyError('a view does not change; write within edit()')
  }
}

const CONTENT: PropertyDescriptor & ThisType<Text> = {
  enumerable: true,
  get() {
    return this.toString()
  },
}

/** The characters of a text, for those who may change them in place. */
export function bufferOf(text: Text): TextBuffer {
  return buffers(text)
}

/** A text over a buffer that others hold as well. */
export function textOver(buffer: TextBuffer): Text {
  return over(buffer)
}

export function checkEdit(buffer: TextBuffer, at: number, remove: number, insert: string): void {
  if (!isPosition(at, buffer.length))
    throw new InvalidValueError(`a text of ${buffer.length} has no position ${String(at)}`)
  if (!isPosition(remove, buffer.length - at))
    throw new InvalidValueError(`a text of ${buffer.length} has no ${String(remove)} characters at ${at}`)
  checkString('a text', insert)
  if (buffer.splits(at) || buffer.splits(at + remove))
    throw new InvalidValueError('a text is not edited between the two halves of one character')
}

export function checkString(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new InvalidValueError(`${what} is made of a string, not of ${typeof value}`)
  if (!value.isWellFormed())
    throw new InvalidValueError(`${what} must not contain half a character (a lone surrogate)`)
}

export function checkWhole(what: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value))
    throw new InvalidValueError(`${what} has to be a whole number below 2^53, not ${String(value)}`)
}

function isPosition(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max
}
