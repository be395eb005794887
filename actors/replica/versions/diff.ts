/**
 * What changed from one version of a document to another, as edits that a person can read. They are in such
 * an order that, made one after the other on the older state, they give the newer.
 */
import { InvalidOptionError } from '../../../protocols/errors.ts'
import type { Handle } from '../document/automerge.ts'
import { type Data, type DataMap, freeze, isMap } from '../document/data.ts'
import { Mirror } from '../document/mirror.ts'
import type { DocumentPatch } from '../document/patch.ts'
import { applyPatches } from '../document/patches.ts'
import { Source } from '../document/read.ts'
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
  /** An element of an array was taken out, and put in again so that it is at `to`. */
  | { readonly kind: 'move'; readonly path: Path; readonly to: number }
  /** A counter was counted up or down. */
  | { readonly kind: 'increment'; readonly path: Path; readonly before: number; readonly after: number }
  /** A text was edited; all edits of one text are one, made of these splices one after the other. */
  | {
      readonly kind: 'text'
      readonly path: Path
      readonly before: string
      readonly after: string
      readonly splices: readonly TextSplice[]
    }

/** At a place of a text so many UTF-16 units are taken out, and others put in. */
export interface TextSplice {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

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
type PatchOf<A> = Extract<DocumentPatch, { action: A }>
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
  const patches: DocumentPatch[] = []
  const mirror = new Mirror(stateAt(handle, from) as DataMap)
  applyPatches(mirror, handle.diff([...from], [...to]), new Source(handle, to), patches)
  for (const patch of patches) recorder.apply(patch)
  return recorder.finish()
}

/** Makes patches on the older state, and notes what they do to it. */
class Recorder {
  readonly #root: Tree
  readonly #limit: number
  readonly #edits: Edit[] = []
  #complete = true
  /** Containers that are part of an edit, so that what is put into them is no edit of its own. */
  readonly #fresh = new Set<unknown>()
  /** Texts that were edited, and what they were before. */
  readonly #texts = new Map<Text, { path: Path; before: string; splices: TextSplice[] }>()

  constructor(root: Tree, limit: number) {
    this.#root = root
    this.#limit = limit
  }

  apply(patch: DocumentPatch): void {
    const path = patch.path.slice(0, -1)
    const key = patch.path.at(-1) as Key
    const parent = path.reduce<unknown>((tree, step) => (tree as Tree)[step], this.#root)
    const quiet = this.#fresh.has(parent)
    switch (patch.action) {
      case 'put':
        return this.#put(parent as Tree, key, patch.path, thawed(patch.value), quiet)
      case 'insert':
        return this.#insert(parent as unknown[], Number(key), patch, quiet)
      case 'delete':
        return this.#delete(parent as Tree | unknown[], key, patch, quiet)
      case 'move':
        return this.#move(parent as unknown[], Number(key), patch, quiet)
      case 'increment':
        return this.#increment(parent as Tree, key, patch, quiet)
      case 'text':
        return this.#editText(patch, parent as Text, path, Number(key), quiet)
      default:
      // That there is a conflict is no change of the state.
    }
  }

  finish(): Diff {
    for (const [text, { path, before, splices }] of this.#texts)
      if (text.toString() !== before)
        this.#note({ kind: 'text', path, before, after: text.toString(), splices })
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

  #insert(list: unknown[], index: number, patch: PatchOf<'insert'>, quiet: boolean): void {
    const values = patch.values.map((value) => this.#keep(thawed(value)))
    list.splice(index, 0, ...values)
    if (quiet) return
    for (const [offset, after] of values.entries())
      this.#note({ kind: 'insert', path: [...patch.path.slice(0, -1), index + offset], after })
  }

  #delete(parent: Tree | unknown[], key: Key, patch: PatchOf<'delete'>, quiet: boolean): void {
    const gone = Array.isArray(parent) ? parent.splice(Number(key), patch.count ?? 1) : [parent[key]]
    if (!Array.isArray(parent)) delete parent[key]
    if (quiet) return
    for (const before of gone) this.#note({ kind: 'delete', path: patch.path, before })
  }

  #increment(parent: Tree, key: Key, patch: PatchOf<'increment'>, quiet: boolean): void {
    const before = (parent[key] as Counter).value
    const after = before + patch.by
    parent[key] = new Counter(after)
    if (!quiet) this.#note({ kind: 'increment', path: patch.path, before, after })
  }

  #move(list: unknown[], from: number, { path, to }: PatchOf<'move'>, quiet: boolean): void {
    list.splice(to, 0, ...list.splice(from, 1))
    if (!quiet) this.#note({ kind: 'move', path, to })
  }

  #editText(patch: PatchOf<'text'>, text: Text, path: Path, at: number, quiet: boolean): void {
    const { remove, insert } = patch
    if (!quiet && !this.#texts.has(text))
      this.#texts.set(text, { path, before: text.toString(), splices: [] })
    this.#texts.get(text)?.splices.push({ at, remove, insert })
    bufferOf(text).splice(at, remove, insert)
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

/** What those after it in the patches may change: a container, which comes empty and is filled by them. */
function thawed(value: Data): unknown {
  if (value instanceof Text) return new Text(value.toString())
  if (Array.isArray(value)) return []
  return isMap(value) ? {} : value
}
