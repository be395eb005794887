/** States of documents as plain data, for messages and for what is not TypeScript. */
import { Counter, Text } from './document/values.ts'
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

function rewrite(text: Text, wanted: string): void {
  const present = text.toString()
  if (present === wanted) return
  let start = 0
  while (start < Math.min(present.length, wanted.length) && present[start] === wanted[start]) start++
  let end = 0
  const most = Math.min(present.length, wanted.length) - start
  while (end < most && present.at(-1 - end) === wanted.at(-1 - end)) end++
  // A character is never cut into its halves.
  if (start > 0 && isHighHalf(present.charCodeAt(start - 1))) start--
  if (end > 0 && isLowHalf(present.charCodeAt(present.length - end))) end--
  const count = present.length - start - end
  if (count > 0) text.delete(start, count)
  const added = wanted.slice(start, wanted.length - end)
  if (added !== '') text.insert(start, added)
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
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
