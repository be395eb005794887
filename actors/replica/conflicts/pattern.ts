// Patterns of paths, as in "tasks/*/owner" or "notes/**": steps between slashes, where a star is any one key or
// element of an array, and two stars are any number of them. In a key, "~1" is a slash and "~0" a tilde.
//
// An element of an array has no name of its own in a pattern: replicas that insert at the same time number
// elements differently, and would follow different rules.
import { InvalidOptionError } from '../../../protocols/errors.ts'
import { wrongKey } from '../document/data.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import type { Path } from './conflict.ts'

const ONE = Symbol('any one step')
const ANY = Symbol('any steps')

type Step = string | typeof ONE | typeof ANY

/** Steps of one pattern. */
const MAX_STEPS = 50

export class Pattern {
  readonly text: string
  readonly #steps: readonly Step[]

  /** Throws InvalidOptionError that says what is wrong with it. */
  constructor(text: string) {
    this.text = text
    this.#steps = parse(text)
  }

  matches(path: Path): boolean {
    return matches(this.#steps, path)
  }

  /** Orders patterns that match the same path: the one that names more, from the left, comes first. */
  compare(other: Pattern): number {
    for (let at = 0; at < Math.max(this.#steps.length, other.#steps.length); at++) {
      const difference = exactness(other.#steps[at]) - exactness(this.#steps[at])
      if (difference !== 0) return difference
    }
    return this.text < other.text ? -1 : this.text > other.text ? 1 : 0
  }
}

function parse(text: string): Step[] {
  const refuse = (why: string) =>
    new InvalidOptionError(`${JSON.stringify(text)} is no pattern of paths: ${why}`)
  if (text === '') throw refuse('it is empty; "**" is every path')
  const parts = text.split('/')
  if (parts.length > MAX_STEPS) throw refuse(`it has more than ${MAX_STEPS} steps`)
  return parts.map((part, at) => {
    if (part === '*') return ONE
    if (part === '**' && parts[at - 1] === '**') throw refuse('"**" after "**" says nothing more')
    if (part === '**') return ANY
    if (part === '') throw refuse('a step between slashes is empty; paths begin without a slash')
    if (part.includes('*')) throw refuse('a star stands for a whole step; no key can be told by a part of it')
    if (/~(?![01])/.test(part)) throw refuse('write a tilde as "~0"')
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const wrong = wrongKey(key, DOCUMENT_LIMITS)
    if (wrong) throw refuse(wrong)
    return key
  })
}

/** For each step from the last: whether the rest of the pattern matches the rest of the path from there on. */
function matches(steps: readonly Step[], path: Path): boolean {
  let rest = new Array<boolean>(path.length + 1).fill(false)
  rest[path.length] = true
  for (const step of steps.toReversed()) {
    const here = new Array<boolean>(path.length + 1).fill(false)
    for (let at = path.length; at >= 0; at--)
      if (step === ANY) here[at] = rest[at] === true || here[at + 1] === true
      else here[at] = at < path.length && (step === ONE || step === path[at]) && rest[at + 1] === true
    rest = here
  }
  return rest[0] === true
}

function exactness(step: Step | undefined): number {
  if (step === undefined) return 0
  return step === ANY ? 1 : step === ONE ? 2 : 3
}
