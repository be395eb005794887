/** A text of a document in memory, and the edits of it since the last commit, as few as they can be told in. */
import { textEntries } from './data.ts'
import type { Mirror } from './mirror.ts'
import { type Container, Node } from './node.ts'
import type { TextBuffer } from './text-buffer.ts'
import { bufferOf, type Text, textOver } from './values.ts'

export interface TextStep {
  at: number
  remove: number
  insert: string
}

export class TextNode extends Node {
  data: Text
  #steps: TextStep[] = []

  constructor(mirror: Mirror, parent: Container, place: string | number, data: Text, fresh: boolean) {
    super(mirror, parent, place, fresh)
    this.data = data
  }

  get buffer(): TextBuffer {
    return bufferOf(this.data)
  }

  /** Edits the text, and enters that to be committed. Returns how to undo it. */
  write(at: number, remove: number, insert: string): () => void {
    const steps = this.#steps.length
    const last = this.#steps[steps - 1]
    const before = last && { ...last }
    const removed = this.splice(at, remove, insert)
    if (!this.fresh) {
      this.touch()
      append(this.#steps, at, remove, insert)
    }
    return () => {
      this.splice(at, insert.length, removed)
      this.#steps.length = steps
      if (before !== undefined) this.#steps[steps - 1] = before
    }
  }

  /** Edits the text as another replica did. Returns what was removed. */
  splice(at: number, remove: number, insert: string): string {
    const buffer = this.#own()
    const entries = textEntries(buffer.length)
    const removed = buffer.splice(at, remove, insert)
    this.mirror.entries += textEntries(buffer.length) - entries
    return removed
  }

  steps(): readonly TextStep[] {
    return this.#steps
  }

  settle(): void {
    this.#steps = []
  }

  #own(): TextBuffer {
    if (!Object.isExtensible(this.data)) this.#exchange(textOver(this.buffer.clone()))
    return this.buffer
  }

  #exchange(data: Text): void {
    const before = this.data
    this.data = data
    this.parent?.adopt(this, data)
    this.mirror.note(() => this.#exchange(before))
  }
}

/** Adds an edit. One that touches what the last has inserted, or its place, becomes a part of it. */
function append(steps: TextStep[], at: number, remove: number, insert: string): void {
  const last = steps.at(-1)
  if (last === undefined || at > last.at + last.insert.length || at + remove < last.at) {
    steps.push({ at, remove, insert })
    return
  }
  const before = Math.max(0, last.at - at)
  const kept = Math.max(0, at - last.at)
  const within = Math.min(remove - before, last.insert.length - kept)
  last.insert = last.insert.slice(0, kept) + insert + last.insert.slice(kept + within)
  last.remove += remove - within
  last.at -= before
}
