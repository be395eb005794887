/**
 * What changed from one version of a document to another, as edits that a person can read. They are in such
 * an order that, made one after the other on the older state, they give the newer.
 */
import { InvalidOptionError } from '../../../protocols/errors.ts'
import { type Handle, type Patch, unwrapPatched } from '../document/automerge.ts'
import { type Data, freeze } from '../document/data.ts'
import { bufferOf, Counter, Text } from '../document/values.ts'
import { stateAt } from './at.ts'
import { checkVersion, type Version } from './version.ts'

export type Path = readonly (string | number)[]

export type Edit =
  /** A key of a map or an element of an array has got another value; without `before` it is new. */
  | { readonly kind: 'put'; readonly path: Path; readonly before?: unknown; readonly after: unknown }
  /** An element was inserted into an array at this place. */
  | { readonly kind: 'insert'; readonly path: Path; readonly after: unknown }
  /** A key or an element is gone. */
  | { readonly kind: 'delete'; readonly path: Path; readonly before: unknown }
  /** A counter was counted up or down. */
  | { readonly kind: 'increment'; readonly path: Path; readonly before: number; readonly after: number }
  /** A text was edited; all edits of one text are one. */
  | { readonly kind: 'text'; readonly path: Path; readonly before: string; readonly after: string }

export interface Diff {
  readonly edits: readonly Edit[]
  /** Whether these are all; a diff stops at its limit. */
  readonly complete: boolean
}

export interface DiffOptions {
  /** Edits at most; default 1,000, at most 100,000. */
  readonly limit?: number
}

const MAX_EDITS = 100_000

type Key = string | number
type Tree = Record<Key, unknown>

/** Throws UnknownVersionError where this replica does not have one of the versions. */
export function diff(handle: Handle, from: Version, to: Version, options: DiffOptions = {}): Diff {
  const { limit = 1_000 } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EDITS)
    throw new InvalidOptionError(
      `limit has to be a whole number from 1 to ${MAX_EDITS}, not ${String(limit)}`,
    )
  checkVersion(handle, to)
  const recorder = new Recorder(stateAt(handle, from) as Tree, limit)
  for (const patch of handle.diff([...from], [...to])) recorder.apply(patch)
  return recorder.finish()
}

/** Makes the engine's patches on the older state, and notes what they do to it. */
class Recorder {
  readonly #root: Tree
  readonly #limit: number
  readonly #edits: Edit[] = []
  #complete = true
  /** Containers that are part of an edit, so that what is put into them is no edit of its own. */
  readonly #fresh = new Set<unknown>()
  /** Texts that were edited, and what they were before. */
  readonly #texts = new Map<Text, { path: Path; before: string }>()

  constructor(root: Tree, limit: number) {
    this.#root = root
    this.#limit = limit
  }

  apply(patch: Patch): void {
    const path = patch.path.slice(0, -1)
    const key = patch.path.at(-1) as Key
    const parent = path.reduce<unknown>((tree, step) => (tree as Tree)[step], this.#root)
    const quiet = this.#fresh.has(parent)
    if (parent instanceof Text) return this.#editText(patch, parent, path, Number(key), quiet)
    switch (patch.action) {
      case 'put':
        return this.#put(parent as Tree, key, patch.path, unwrapPatched(patch.value), quiet)
      case 'insert':
        return this.#insert(parent as unknown[], Number(key), patch, quiet)
      case 'del':
        return this.#delete(parent as Tree | unknown[], key, patch, quiet)
      case 'inc':
        return this.#increment(parent as Tree, key, patch, quiet)
      default:
      // That there is a conflict, or how a text is marked, is no change of the state.
    }
  }

  finish(): Diff {
    for (const [text, { path, before }] of this.#texts)
      if (text.toString() !== before) this.#note({ kind: 'text', path, before, after: text.toString() })
    for (const edit of this.#edits) freeze(edit as unknown as Data)
    return { edits: this.#edits, complete: this.#complete }
  }

  #put(parent: Tree, key: Key, path: Path, after: unknown, quiet: boolean): void {
    const known = Object.hasOwn(parent, key)
    const before = parent[key]
    parent[key] = this.#keep(after)
    if (quiet) return
    this.#note(known ? { kind: 'put', path, before, after } : { kind: 'put', path, after })
  }

  #insert(list: unknown[], index: number, patch: Patch & { action: 'insert' }, quiet: boolean): void {
    const values = patch.values.map((value) => this.#keep(unwrapPatched(value)))
    list.splice(index, 0, ...values)
    if (quiet) return
    for (const [offset, after] of values.entries())
      this.#note({ kind: 'insert', path: [...patch.path.slice(0, -1), index + offset], after })
  }

  #delete(parent: Tree | unknown[], key: Key, patch: Patch & { action: 'del' }, quiet: boolean): void {
    const gone = Array.isArray(parent) ? parent.splice(Number(key), patch.length ?? 1) : [parent[key]]
    if (!Array.isArray(parent)) delete parent[key]
    if (quiet) return
    for (const before of gone) this.#note({ kind: 'delete', path: patch.path, before })
  }

  #increment(parent: Tree, key: Key, patch: Patch & { action: 'inc' }, quiet: boolean): void {
    const before = (parent[key] as Counter).value
    const after = before + patch.value
    parent[key] = new Counter(after)
    if (!quiet) this.#note({ kind: 'increment', path: patch.path, before, after })
  }

  #editText(patch: Patch, text: Text, path: Path, at: number, quiet: boolean): void {
    if (!quiet && !this.#texts.has(text)) this.#texts.set(text, { path, before: text.toString() })
    if (patch.action === 'splice') bufferOf(text).splice(at, 0, patch.value)
    else if (patch.action === 'del') bufferOf(text).splice(at, patch.length ?? 1, '')
  }

  #keep(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) this.#fresh.add(value)
    return value
  }

  #note(edit: Edit): void {
    if (this.#edits.length < this.#limit) this.#edits.push(edit)
    else this.#complete = false
  }
}
