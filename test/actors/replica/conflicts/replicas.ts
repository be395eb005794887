/** Replicas of one small document on raw handles, with the conflicts of each. */

import type { Path } from '../../../../actors/replica/conflicts/conflict.ts'
import { slotAt } from '../../../../actors/replica/conflicts/conflict.ts'
import { Conflicts } from '../../../../actors/replica/conflicts/conflicts.ts'
import type { ConflictRules } from '../../../../actors/replica/conflicts/rules.ts'
import { createHandle, type Handle } from '../../../../actors/replica/document/automerge.ts'
import type { Data } from '../../../../actors/replica/document/data.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { put } from '../../../../actors/replica/document/write.ts'
import { at } from '../../../../actors/replica/versions/at.ts'
import { currentVersion, type Version } from '../../../../actors/replica/versions/version.ts'

export class Replica {
  readonly handle: Handle
  readonly conflicts: Conflicts
  readonly #author: string
  #seconds = 0

  constructor(base: Handle, actor: string, rules?: ConflictRules) {
    this.handle = base.fork(actor)
    this.handle.updateDiffCursor()
    this.conflicts = new Conflicts(rules)
    this.#author = `/user/${actor}`
  }

  write(path: Path, value: Data): void {
    this.change(() => {
      const { object, prop } = slotAt(this.handle, path) as { object: string; prop: string | number }
      put(this.handle, object, prop, value)
    })
  }

  change(edit: (handle: Handle) => void): void {
    edit(this.handle)
    this.handle.commit(JSON.stringify({ v: 1, by: [[this.#author, null, 1]] }), ++this.#seconds)
    this.#note()
  }

  merge(other: Replica): void {
    if (other !== this) this.take(other.handle)
  }

  take(handle: Handle): void {
    this.handle.merge(handle)
    this.#note()
  }

  /** The same replica with rules of its own. */
  under(rules: ConflictRules): Replica {
    return new Replica(this.handle, this.handle.getActorId(), rules)
  }

  apply(...changes: { bytes: Uint8Array }[]): void {
    this.handle.applyChanges(changes.map(({ bytes }) => bytes))
    this.#note()
  }

  /** Settles all that the rules settle; gives the hashes of the resolutions. */
  settle(): string[] {
    const { resolutions } = this.conflicts.settle(this.handle)
    this.apply(...resolutions)
    return resolutions.map(({ hash }) => hash)
  }

  /** Decides the conflict at a path, for one of its values by its place or for another. */
  decide(path: Path, choice: { index: number } | { value: unknown }, nowMs = 9_000): void {
    const conflict = this.conflicts
      .list(this.handle)
      .conflicts.find((one) => String(one.path) === String(path))
    if (!conflict) throw new Error(`${path} is not listed`)
    const chosen = 'index' in choice ? { op: String(conflict.values[choice.index]?.op) } : choice
    this.apply(this.conflicts.decide(this.handle, conflict, chosen, { author: this.#author, nowMs }))
  }

  read(path: Path = []): unknown {
    return path.reduce(
      (value, step) => (value as Record<string, unknown>)[step],
      at(this.handle, this.version),
    )
  }

  get version(): Version {
    return currentVersion(this.handle)
  }

  /** Conflicts of all kinds, found by looking through everything. */
  open(): Path[] {
    return new Conflicts().list(this.handle, { lastWriter: true }).conflicts.map(({ path }) => path)
  }

  #note(): void {
    // Raw patches tell of conflicts in the same words as those of documents.
    this.conflicts.note(() => this.handle, this.handle.diffIncremental() as unknown as DocumentPatch[])
  }
}

export function replicas<N extends number>(count: N, initial: object, rules?: ConflictRules): Replica[] {
  const base = createHandle('00')
  base.initRootFromHydrate(initial)
  base.commit(undefined, 0)
  const all = Array.from({ length: count }, (_, index) => new Replica(base, `a${index + 1}`, rules))
  base.free()
  return all
}

/** Everybody hears from everybody. */
export function gossip(all: readonly Replica[]): void {
  for (const one of all) for (const other of all) if (one !== other) one.merge(other)
}

/** Gossip and settling until nothing is written any more; gives how many rounds that took. */
export function quiesce(all: readonly Replica[], written: Set<string>): number {
  for (let round = 1; round <= 30; round++) {
    gossip(all)
    const hashes = all.flatMap((replica) => replica.settle())
    for (const hash of hashes) written.add(hash)
    if (hashes.length === 0) return round
  }
  throw new Error('the replicas did not come to rest')
}
