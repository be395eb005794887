/** Runs, snapshots and proofs of tests; equal arguments give equal ones. */
import type { EpochSeed } from '../../../protocols/consensus/epoch.ts'
import type { EpochProof } from '../../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../../protocols/consensus/messages.ts'
import type { Block, BlockHeader, Certificate } from '../../../protocols/consensus/types.ts'
import type { BlockArchive, StoredSnapshot } from '../../../storage/block-store/block-archive.ts'
import { keyOf, setOf } from '../../protocols/consensus/keys.ts'

const SET = setOf([3, 2, 1], { epoch: 4 })

function hashOf(height: number): string {
  return height.toString(16).padStart(64, '0')
}

function headerOf(height: number): BlockHeader {
  return {
    chain: hashOf(0),
    epoch: 0,
    height,
    parent: hashOf(height - 1),
    proposer: 0,
    timestampMs: height,
    validators: hashOf(1),
    nextValidators: hashOf(0),
    stateHeight: height - 1,
    stateRoot: hashOf(height),
    transactions: hashOf(2),
    evidence: hashOf(3),
    signers: Uint8Array.of(7),
  }
}

/** @param payload bytes of the one transaction in it */
function blockAt(height: number, payload: number): Block {
  const transactions = [{ machine: 'm', payload: new Uint8Array(payload).fill(height) }]
  const signature = new Uint8Array(64).fill(height)
  return {
    header: headerOf(height),
    envelopes: [{ sender: keyOf(0), sequence: height, priority: 0, transactions, signature }],
    evidence: [],
  }
}

function certificateFor(height: number): Certificate {
  const signatures = [new Uint8Array(64).fill(height), new Uint8Array(64).fill(height + 1)]
  return {
    kind: 'finalize',
    epoch: 0,
    view: height,
    block: hashOf(height),
    signers: Uint8Array.of(3),
    signatures,
  }
}

export function run(first: number, { blocks = 1, payload = 8 } = {}): CertifiedBlocks {
  return {
    kind: 'chain',
    blocks: Array.from({ length: blocks }, (_, i) => blockAt(first + i, payload)),
    certificate: certificateFor(first + blocks - 1),
  }
}

export function snapshotAt(height: number, chunks = 2, bytes = 50): StoredSnapshot {
  const seed: EpochSeed = {
    set: SET,
    parameters: { batch_cap: 1_000, batch_wait: 3, view_timeout: 900, pipeline_depth: 4 },
    tip: { height, hash: hashOf(height), timestampMs: height, stateHeight: height - 1 },
    roots: [height - 1, height].map((one) => ({ height: one, root: hashOf(one) })),
  }
  const manifest = {
    ...{ height, epoch: 3, timestampMs: height, stateRoot: hashOf(height) },
    chunks: Array.from({ length: chunks }, (_, i) => hashOf(i)),
  }
  const content = manifest.chunks.map((_, i) => new Uint8Array(bytes + i).fill(height + i))
  return { seed, snapshot: { manifest, chunks: content } }
}

export function epochProof(epoch: number): EpochProof {
  const finality = { headers: [headerOf(epoch + 1)], certificate: certificateFor(epoch + 1) }
  return { finality, validators: SET.members }
}

/** The height of its snapshot, and the first and the last height of each run after it. */
export async function loaded(archive: BlockArchive) {
  const { snapshot, runs, damaged } = await archive.load()
  const heights: [number, number][] = []
  for await (const { blocks } of runs) heights.push([blocks[0]!.header.height, blocks.at(-1)!.header.height])
  return { snapshot: snapshot?.snapshot.manifest.height, heights, damaged }
}

/** Runs of one small block each, from `first` to `last`. */
export async function fill(archive: BlockArchive, first: number, last: number): Promise<void> {
  const runs = Array.from({ length: last - first + 1 }, (_, i) => archive.append(run(first + i)))
  await Promise.all(runs)
}
