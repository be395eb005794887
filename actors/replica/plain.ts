/** States of documents as plain data, for messages and for what is not TypeScript. */
import { Counter, Text } from './document/values.ts'
import { rewrite } from './versions/apply.ts'
import { sameValue } from './versions/same.ts'

/** Counters as numbers, texts as strings, all else as it is. */
export function plain(value: unknown): unknown {
  if (value instanceof Counter) return value.value
  if (value instanceof Text) return value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

/**
 * Makes a map of a draft what is given, and leaves alone what is so already. Numbers for counters are counted
 * to, strings for texts replace what differs between the common beginning and the common end.
 */
export function become(draft: Record<string, unknown>, state: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(draft)) if (!Object.hasOwn(state, key)) delete draft[key]
  for (const [key, wanted] of Object.entries(state)) {
    const present = draft[key]
    if (present instanceof Counter && typeof wanted === 'number') present.increment(wanted - present.value)
    else if (present instanceof Text && typeof wanted === 'string') rewrite(present, wanted)
    else if (isMap(present) && isMap(wanted)) become(present, wanted)
    else if (!sameValue(plain(present), plain(wanted)) || !Object.hasOwn(draft, key)) draft[key] = wanted
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(
    value instanceof Counter ||
    value instanceof Text ||
    value instanceof Date ||
    ArrayBuffer.isView(value)
  )
}
