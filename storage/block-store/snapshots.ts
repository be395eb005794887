/** The newest snapshots of a chain, as files of a folder. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SnapshotManifest } from '../../protocols/consensus/state/snapshot.ts'
import type { Aside } from './aside.ts'
import type { StoredSnapshot } from './block-archive.ts'
import { heightOf, SnapshotFile } from './snapshot-file.ts'

export class Snapshots {
  readonly #folder: string
  /** Ascending by their heights. */
  #files: readonly SnapshotFile[]

  private constructor(folder: string, files: readonly SnapshotFile[]) {
    this.#folder = folder
    this.#files = files
  }

  /** Reads all of them; what is damaged is set aside. */
  static async open(folder: string, aside: Aside): Promise<Snapshots> {
    const files: SnapshotFile[] = []
    for (const name of (await readdir(folder)).sort()) {
      const path = join(folder, name)
      if (name.endsWith('.state.new')) await rm(path)
      if (heightOf(name) === undefined) continue
      const file = await SnapshotFile.check(path)
      if (file === undefined) await aside.move(path, 'is damaged')
      else files.push(file)
    }
    return new Snapshots(folder, files)
  }

  get newest(): SnapshotFile | undefined {
    return this.#files.at(-1)
  }

  get count(): number {
    return this.#files.length
  }

  /** Of the oldest one; 0 where there is none. */
  get oldestHeight(): number {
    return this.#files[0]?.manifest.height ?? 0
  }

  /** Of the newest one; 0 where there is none. */
  get newestHeight(): number {
    return this.newest?.manifest.height ?? 0
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** The newest first. */
  manifests(): SnapshotManifest[] {
    return this.#files.map(({ manifest }) => manifest).reverse()
  }

  at(height: number): SnapshotFile | undefined {
    return this.#files.find(({ manifest }) => manifest.height === height)
  }

  /** One later than all that are here. */
  async add(snapshot: StoredSnapshot): Promise<void> {
    this.#files = [...this.#files, await SnapshotFile.write(this.#folder, snapshot)]
  }

  /** All but so many of the newest go. */
  async keep(count: number): Promise<void> {
    const gone = this.#files.slice(0, -count)
    this.#files = this.#files.slice(-count)
    for (const { path } of gone) await rm(path)
  }
}
