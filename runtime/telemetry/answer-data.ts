/**
 * Looks whether an actor's answer is JSON data, before it goes through the control socket.
 *
 * `JSON.stringify` alone would not do: it throws for a bigint, makes an object with a key per byte of bytes and an
 * empty one of a Map, and takes as long as the answer is large.
 */
import { UnreadableAnswerError } from './control-errors.ts'
import { CONTROL_LIMITS } from './control-protocol.ts'

/** The answer itself, null in place of undefined. Throws UnreadableAnswerError that names the place. */
export function answerData(answer: unknown): unknown {
  if (answer === undefined) return null
  new Scan().look(answer, 'the answer', 0)
  // Texts grow as they are escaped, so that only this tells the size.
  if (Buffer.byteLength(JSON.stringify(answer)) > CONTROL_LIMITS.answerBytes) throw tooLarge()
  return answer
}

class Scan {
  /** What is left of the bytes that an answer may have; each value takes one at least, so that no answer takes long. */
  #left: number = CONTROL_LIMITS.answerBytes

  look(value: unknown, place: string, depth: number): void {
    if (depth > CONTROL_LIMITS.answerDepth)
      throw new UnreadableAnswerError(
        `the answer has more than ${CONTROL_LIMITS.answerDepth} levels: ask something that gives less`,
      )
    this.#spend(typeof value === 'string' ? value.length + 2 : 1)
    if (isSimple(value)) return
    if (Array.isArray(value))
      for (let i = 0; i < value.length; i++) this.look(value[i], `${place}[${i}]`, depth + 1)
    else if (isPlainObject(value)) this.#lookAtFields(value, place, depth)
    else
      throw new UnreadableAnswerError(
        `${place} is ${describe(value)}, which JSON can't hold: let the handler give it as a text or a number`,
      )
  }

  #lookAtFields(value: Record<string, unknown>, place: string, depth: number): void {
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue
      this.#spend(key.length + 3)
      this.look(field, `${place}.${key}`, depth + 1)
    }
  }

  #spend(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw tooLarge()
  }
}

function isSimple(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const { name } = (value.constructor ?? {}) as { name?: unknown }
    return typeof name === 'string' && name !== '' ? `a ${name}` : 'an object'
  }
  return typeof value === 'number' || value === undefined ? String(value) : `a ${typeof value}`
}

function tooLarge(): UnreadableAnswerError {
  return new UnreadableAnswerError(
    `the answer has more than ${CONTROL_LIMITS.answerBytes} bytes as JSON: ask something that gives less`,
  )
}
