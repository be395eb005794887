/** A value of a document as a string that only the same value has, the same on every replica. */
import { Counter, Text } from '../document/values.ts'

export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Counter) return `counter ${value.value}`
  if (value instanceof Text) return `text ${JSON.stringify(value.toString())}`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`).join()}}`
}

/** Those that are not among `known` and not there before, in the same order. */
export function distinct(values: readonly unknown[], known: readonly unknown[] = []): unknown[] {
  const seen = new Set(known.map(canonical))
  return values.filter((value) => {
    const name = canonical(value)
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}
