/**
 * Edits that numbers choose. The same numbers do the same to a draft and to plain objects with counters and
 * texts in them, so that what a draft does can be compared with what JavaScript does.
 */
import { move } from '../../../../actors/replica/document/move.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'

type Anything = Record<string, unknown> | unknown[] | Text

export type Choose = (below: number) => number

/** Chooses by the numbers, over and over. */
export function chooser(numbers: readonly number[]): Choose {
  let next = 0
  return (below) => (numbers[next++ % numbers.length] as number) % below
}

const KEYS = ['a', 'b', 'c', 'toString', '']
const STRINGS = ['', 'x', 'héé', '😀', 'a longer one with "quotes" and\n lines']

function randomValue(choose: Choose, depth = 0): unknown {
  switch (choose(depth > 2 ? 9 : 12)) {
    case 0:
      return null
    case 1:
      return choose(2) === 0
    case 2:
      return [0, 1, -5, 1.5, 2 ** 53 - 1, 1e300, 2 ** 60, 0.1 + 0.2][choose(8)]
    case 3:
      return STRINGS[choose(STRINGS.length)]
    case 4:
      return new Date(choose(1_000_000))
    case 5:
      return new Uint8Array([choose(256), choose(256)].slice(choose(3)))
    case 6:
      return new Counter(choose(10))
    case 7:
      return new Text(STRINGS[choose(STRINGS.length)])
    case 8:
      return choose(100)
    case 9:
      return Array.from({ length: choose(4) }, () => randomValue(choose, depth + 1))
    default: {
      const map: Record<string, unknown> = {}
      for (let left = choose(4); left > 0; left--)
        map[KEYS[choose(KEYS.length)] as string] = randomValue(choose, depth + 1)
      return map
    }
  }
}

/** Does one edit to something within `root`. */
export function randomEdit(root: Anything, choose: Choose): void {
  let at: Anything = root
  for (let depth = choose(5); depth > 0; depth--) {
    const within = Object.entries(at).filter(([, value]) => isContainer(value))
    if (within.length === 0) break
    // Sorted, because keys have an order in JavaScript that documents don't keep.
    within.sort(([a], [b]) => (a < b ? -1 : 1))
    at = within[choose(within.length)]?.[1] as Anything
  }
  if (at instanceof Text) editText(at, choose)
  else if (Array.isArray(at)) editList(at, choose)
  else editMap(at, choose)
}

function isContainer(value: unknown): value is Anything {
  return (
    value instanceof Text ||
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  )
}

function editMap(map: Record<string, unknown>, choose: Choose): void {
  const key = KEYS[choose(KEYS.length)] as string
  const value = Object.hasOwn(map, key) ? map[key] : undefined
  if (value instanceof Counter && choose(4) > 0) value.increment(choose(9) - 4)
  else if (choose(4) === 0 || value instanceof Counter || value instanceof Text) delete map[key]
  else map[key] = randomValue(choose)
}

function editList(list: unknown[], choose: Choose): void {
  const at = choose(list.length + 1)
  const value = list[at]
  switch (choose(10)) {
    case 9:
    case 8:
      if (list.length > 0) move(list, choose(list.length), choose(list.length))
      return
    case 0:
      list.push(randomValue(choose), randomValue(choose))
      return
    case 1:
      list.unshift(randomValue(choose))
      return
    case 2:
      list.pop()
      return
    case 3:
      list.shift()
      return
    case 4:
      list.splice(at, choose(3), ...Array.from({ length: choose(3) }, () => randomValue(choose)))
      return
    case 5:
      list.length = at
      return
    default:
      if (value instanceof Counter) value.increment(choose(9))
      else if (value instanceof Text) editText(value, choose)
      else list[at] = randomValue(choose)
  }
}

function editText(text: Text, choose: Choose): void {
  const string = String(text)
  const starts = [0]
  for (const each of string) starts.push((starts.at(-1) as number) + each.length)
  const from = choose(starts.length)
  const at = starts[from] as number
  if (choose(3) === 0) {
    const to = Math.min(from + choose(4), starts.length - 1)
    text.delete(at, (starts[to] as number) - at)
  } else text.insert(at, STRINGS[choose(STRINGS.length)] as string)
}
