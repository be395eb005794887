/** Makes the edits that a diff gave on a draft of the same state. */
import { move } from '../document/move.ts'
import { Counter, Text } from '../document/values.ts'
import type { Edit, Path } from './diff.ts'

type Place = Record<string | number, unknown>

/** Values of edits are frozen; drafts take copies of them. What has no place any more is left out. */
export function applyEdits(draft: object, edits: readonly Edit[]): void {
  for (const edit of edits) {
    const inside = containerAt(draft, edit.path)
    if (inside !== undefined) apply(inside, edit.path.at(-1) as string | number, edit)
  }
}

function apply(inside: Place, place: string | number, edit: Edit): void {
  switch (edit.kind) {
    case 'put':
      put(inside, place, edit.after)
      break
    case 'insert':
      ;(inside as unknown as unknown[]).splice(place as number, 0, edit.after)
      break
    case 'delete':
      if (Array.isArray(inside)) inside.splice(place as number, 1)
      else delete inside[place]
      break
    case 'move':
      move(inside as unknown as unknown[], place as number, edit.to)
      break
    case 'increment': {
      const counter = inside[place]
      if (counter instanceof Counter) counter.increment(edit.after - edit.before)
      break
    }
    case 'text': {
      const text = inside[place]
      if (text instanceof Text) editText(text, edit)
    }
  }
}

/** A draft does not let a number take the place of a counter, nor a string that of a text, unless that goes first. */
function put(inside: Place, place: string | number, value: unknown): void {
  const shared = inside[place] instanceof Counter || inside[place] instanceof Text
  if (shared && Array.isArray(inside)) inside.splice(place as number, 1, value)
  else {
    if (shared) delete inside[place]
    inside[place] = value
  }
}

/** As it was edited, so that two edits far apart take no more than they did; a text that is another one becomes the same. */
function editText(text: Text, { before, after, splices }: Extract<Edit, { kind: 'text' }>): void {
  if (text.toString() !== before) return rewrite(text, after)
  for (const { at, remove, insert } of splices) {
    if (remove > 0) text.delete(at, remove)
    if (insert !== '') text.insert(at, insert)
  }
}

/** Makes a text what is wanted, and leaves the common beginning and the common end alone. */
export function rewrite(text: Text, wanted: string): void {
  const present = text.toString()
  if (present === wanted) return
  const most = Math.min(present.length, wanted.length)
  let start = 0
  while (start < most && present[start] === wanted[start]) start++
  let end = 0
  while (end < most - start && present.at(-1 - end) === wanted.at(-1 - end)) end++
  // A character is never cut into its halves.
  if (start > 0 && isHighHalf(present.charCodeAt(start - 1))) start--
  if (end > 0 && isLowHalf(present.charCodeAt(present.length - end))) end--
  const count = present.length - start - end
  if (count > 0) text.delete(start, count)
  const added = wanted.slice(start, wanted.length - end)
  if (added !== '') text.insert(start, added)
}

function containerAt(draft: object, path: Path): Place | undefined {
  let inside: unknown = draft
  for (const step of path.slice(0, -1)) inside = (inside as Place | undefined)?.[step]
  return typeof inside === 'object' && inside !== null ? (inside as Place) : undefined
}

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
