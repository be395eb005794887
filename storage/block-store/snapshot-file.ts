/**
 * One snapshot in a file: what it is, then its chunks. Written beside and renamed once it is durable, so under its name
 * it is whole or damaged.
 *
 *   frame    bytes | CRC-32 of the number of the frame, of this, and of the content | content
 *   frames   seed and manifest | chunk 0 | chunk 1 | ...
 */
import { type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decode, encode } from '../../protocols/consensus/codec/bytes.ts'
import { readSeed, writeSeed } from '../../protocols/consensus/codec/seed.ts'
import type { EpochSeed } from '../../protocols/consensus/epoch.ts'
import {
  readManifest,
  type SnapshotManifest,
  writeManifest,
} from '../../protocols/consensus/state/snapshot.ts'
import { synchronise } from '../data-folder.ts'
import type { StoredSnapshot } from './block-archive.ts'

const FRAME_BYTES = 8
const FORM = 'neuroplex snapshot 1'

export class SnapshotFile {
  readonly path: string
  readonly seed: EpochSeed
  readonly manifest: SnapshotManifest
  readonly bytes: number
  /** Where each chunk's frame begins. */
  readonly #ats: readonly number[]

  private constructor(
    path: string,
    seed: EpochSeed,
    manifest: SnapshotManifest,
    ats: readonly number[],
    bytes: number,
  ) {
    this.path = path
    this.seed = seed
    this.manifest = manifest
    this.#ats = ats
    this.bytes = bytes
  }

  static async write(folder: string, { seed, snapshot }: StoredSnapshot): Promise<SnapshotFile> {
    const { manifest, chunks } = snapshot
    const path = join(folder, nameOf(manifest.height))
    const file = await open(`${path}.new`, 'w', 0o600)
    try {
      const head = encode(seed, (writer) => {
        writer.text(FORM)
        writeSeed(writer, seed)
        writeManifest(writer, manifest)
      })
      for (const [i, content] of [head, ...chunks].entries()) {
        await file.writeFile(frameHead(i, content))
        await file.writeFile(content)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
    synchronise(folder)
    const written = await SnapshotFile.check(path)
    if (written === undefined) throw new Error(`${path} does not hold what was just written to it`)
    return written
  }

  /** Reads all of it, one chunk at a time; undefined where it is not as it was written. */
  static async check(path: string): Promise<SnapshotFile | undefined> {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const head = await readFrame(file, 0, size, 0)
      if (head === undefined) return undefined
      const { form, seed, manifest } = decode(head, (reader) => ({
        form: reader.text(FORM.length),
        seed: readSeed(reader),
        manifest: readManifest(reader),
      }))
      if (form !== FORM) return undefined
      let at = FRAME_BYTES + head.length
      const ats: number[] = []
      for (let i = 1; i <= manifest.chunks.length; i++) {
        const chunk = await readFrame(file, at, size, i)
        if (chunk === undefined) return undefined
        ats.push(at)
        at += FRAME_BYTES + chunk.length
      }
      return at === size ? new SnapshotFile(path, seed, manifest, ats, size) : undefined
    } finally {
      await file.close()
    }
  }

  /** Undefined where it is not as it was written, or gone. */
  async chunk(index: number): Promise<Uint8Array | undefined> {
    const at = this.#ats[index]
    if (at === undefined) return undefined
    let file: FileHandle
    try {
      file = await open(this.path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      return await readFrame(file, at, this.bytes, index + 1)
    } finally {
      await file.close()
    }
  }

  /** All of it; undefined where it is not as it was written. */
  async read(): Promise<StoredSnapshot | undefined> {
    const chunks: Uint8Array[] = []
    for (const index of this.#ats.keys()) {
      const chunk = await this.chunk(index)
      if (chunk === undefined) return undefined
      chunks.push(chunk)
    }
    return { seed: this.seed, snapshot: { manifest: this.manifest, chunks } }
  }
}

const NAME = /^snapshot-(\d{16})\.state$/

/** The height in the name of a snapshot's file. */
export function heightOf(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function nameOf(height: number): string {
  return `snapshot-${String(height).padStart(16, '0')}.state`
}

function frameHead(index: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_BYTES)
  head.writeUInt32LE(content.length, 0)
  head.writeUInt32LE(crcOf(index, head, content), 4)
  return head
}

async function readFrame(
  file: FileHandle,
  at: number,
  size: number,
  index: number,
): Promise<Uint8Array | undefined> {
  const { buffer: head, bytesRead } = await file.read(Buffer.alloc(FRAME_BYTES), 0, FRAME_BYTES, at)
  const length = head.readUInt32LE(0)
  if (bytesRead < FRAME_BYTES || at + FRAME_BYTES + length > size) return undefined
  const content = new Uint8Array(length)
  const read = await file.read(content, 0, length, at + FRAME_BYTES)
  if (read.bytesRead < length || crcOf(index, head, content) !== head.readUInt32LE(4)) return undefined
  return content
}

function crcOf(index: number, head: Buffer, content: Uint8Array): number {
  return crc32(content, crc32(head.subarray(0, 4), index))
}
