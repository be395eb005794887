/** Follows what patches tell. */
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { bufferOf, Counter, Text } from '../../../../actors/replica/document/values.ts'

type Root = Record<string, unknown>

/** A copy that can be written to; patches share what is in them with others. */
export function thawed(value: unknown): unknown {
  if (value instanceof Counter) return new Counter(value.value)
  if (value instanceof Text) return new Text(String(value))
  if (Array.isArray(value)) return value.map(thawed)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, thawed(each)]))
}

/** Does to plain objects what a patch tells. */
export function follow(root: Root, patch: DocumentPatch): void {
  let inside: unknown = root
  for (const step of patch.path.slice(0, -1)) inside = (inside as Root)[step]
  const place = patch.path.at(-1) as string
  const within = inside as Root & unknown[]
  switch (patch.action) {
    case 'put':
      within[place] = thawed(patch.value)
      return
    case 'insert':
      within.splice(Number(place), 0, ...patch.values.map(thawed))
      return
    case 'delete':
      if (Array.isArray(within)) within.splice(Number(place), patch.count ?? 1)
      else delete within[place]
      return
    case 'increment':
      within[place] = new Counter((within[place] as unknown as Counter).value + patch.by)
      return
    case 'move':
      within.splice(patch.to, 0, ...within.splice(Number(place), 1))
      return
    case 'text':
      bufferOf(inside as Text).splice(Number(place), patch.remove, patch.insert)
  }
}
