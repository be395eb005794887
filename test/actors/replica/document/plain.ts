import { Counter, Text } from '../../../../actors/replica/document/values.ts'

/** What views are compared by: all that can be seen of them. */
export function plain(value: unknown): unknown {
  if (value instanceof Counter) return { counter: value.value }
  if (value instanceof Text) return { text: String(value) }
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Date || value instanceof Uint8Array || typeof value !== 'object' || value === null)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}
