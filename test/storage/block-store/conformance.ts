/** What every archive of blocks keeps of the contract in `storage/block-store/block-archive.ts`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BlockArchive } from '../../../storage/block-store/block-archive.ts'
import type { BlockStoreLimits } from '../../../storage/block-store/limits.ts'
import { errorOf } from '../../support/until.ts'
import { epochProof, fill, loaded, run, snapshotAt } from './samples.ts'

export interface BlockArchiveSubject {
  /** Opens an empty one. */
  open(
    limits?: Partial<Pick<BlockStoreLimits, 'segmentBytes' | 'finalityHeights' | 'keptSnapshots'>>,
  ): Promise<BlockArchive>
}

export function testBlockArchive(name: string, { open }: BlockArchiveSubject): void {
  describe(`${name}, as every archive,`, () => {
    test('an empty one has nothing', async () => {
      const archive = await open()
      assert.deepEqual(await loaded(archive), { snapshot: undefined, heights: [], damaged: [] })
      assert.deepEqual([archive.oldest, archive.newest], [1, 0])
      assert.equal(await archive.runAt(1), undefined)
      assert.equal(await archive.finalityOf(1), undefined)
      assert.equal(await archive.snapshot(), undefined)
      assert.deepEqual(await archive.manifests(), [])
      assert.equal(await archive.chunk(1, 0), undefined)
      assert.deepEqual(await archive.epochProofs(0), [])
      await archive.close()
    })

    test('runs are found by each of their heights, as they were', async () => {
      const archive = await open()
      const runs = [run(1), run(2, { blocks: 3, payload: 700 }), run(5, { blocks: 2 })]
      await Promise.all(runs.map((one) => archive.append(one)))
      assert.deepEqual([archive.oldest, archive.newest], [1, 6])
      for (const one of runs)
        for (const { header } of one.blocks) assert.deepEqual(await archive.runAt(header.height), one)
      assert.equal(await archive.runAt(0), undefined)
      assert.equal(await archive.runAt(7), undefined)
      const content = await loaded(archive)
      assert.deepEqual(content.heights, [
        [1, 1],
        [2, 4],
        [5, 6],
      ])
      await archive.close()
    })

    test('what is known is left out, and a gap is refused', async () => {
      const archive = await open()
      await archive.append(run(1, { blocks: 3 }))
      await archive.append(run(2))
      await archive.append(run(2, { blocks: 4 }))
      assert.deepEqual((await loaded(archive)).heights, [
        [1, 3],
        [4, 5],
      ])
      for (const wrong of [
        run(7),
        { ...run(6), blocks: [] },
        { ...run(6), blocks: [6, 8].map((h) => run(h).blocks[0]!) },
      ])
        assert.equal((await errorOf(archive.append(wrong))).code, 'INVALID_OPTION')
      await archive.append(run(6))
      assert.equal(archive.newest, 6)
      await archive.close()
    })

    test('a block is shown to be final, also when it is no longer kept, for so many heights', async () => {
      const archive = await open({ segmentBytes: 1, finalityHeights: 12 })
      for (let first = 1; first <= 60; first += 3) await archive.append(run(first, { blocks: 3 }))
      for (const height of [24, 45]) await archive.putSnapshot(snapshotAt(height))
      assert.deepEqual([archive.oldest, archive.newest], [25, 60])
      assert.equal(await archive.runAt(24), undefined)
      const { blocks, certificate } = run(22, { blocks: 3 })
      for (const [i, height] of [22, 23, 24].entries())
        assert.deepEqual(await archive.finalityOf(height), {
          headers: blocks.slice(i).map(({ header }) => header),
          certificate,
        })
      assert.equal((await archive.finalityOf(44))!.headers[0]!.height, 44)
      assert.equal((await archive.finalityOf(13))!.headers[0]!.height, 13)
      await archive.putSnapshot(snapshotAt(60))
      assert.deepEqual([archive.oldest, archive.newest], [46, 60])
      assert.equal(await archive.finalityOf(30), undefined)
      assert.equal((await archive.finalityOf(34))!.headers[0]!.height, 34)
      await archive.close()
    })

    test('the newest snapshot and the runs after it are what a validator starts with', async () => {
      const archive = await open({ segmentBytes: 1 })
      for (let height = 1; height <= 12; height++) await archive.append(run(height))
      await archive.putSnapshot(snapshotAt(4))
      await archive.putSnapshot(snapshotAt(9, 3))
      assert.deepEqual(await archive.snapshot(), snapshotAt(9, 3))
      assert.deepEqual((await archive.load()).snapshot, snapshotAt(9, 3))
      assert.deepEqual(
        await archive.manifests(),
        [snapshotAt(9, 3), snapshotAt(4)].map(({ snapshot }) => snapshot.manifest),
      )
      assert.deepEqual(await archive.chunk(9, 2), snapshotAt(9, 3).snapshot.chunks[2])
      assert.deepEqual(await archive.chunk(4, 1), snapshotAt(4).snapshot.chunks[1])
      assert.equal(await archive.chunk(9, 3), undefined)
      assert.deepEqual((await loaded(archive)).heights, [
        [10, 10],
        [11, 11],
        [12, 12],
      ])
      // One that is older than the newest says nothing new.
      await archive.putSnapshot(snapshotAt(8))
      assert.equal((await archive.manifests())[0]!.height, 9)
      assert.equal(archive.oldest, 5)
      await archive.close()
    })

    test('with a snapshot beyond its blocks an archive begins anew', async () => {
      const archive = await open()
      await fill(archive, 1, 5)
      await archive.putSnapshot(snapshotAt(3))
      await archive.putSnapshot(snapshotAt(50))
      assert.deepEqual([archive.oldest, archive.newest], [51, 50])
      assert.deepEqual(await loaded(archive), { snapshot: 50, heights: [], damaged: [] })
      assert.equal(await archive.chunk(3, 0), undefined)
      assert.equal((await archive.finalityOf(4))!.headers[0]!.height, 4)
      assert.equal((await errorOf(archive.append(run(52)))).code, 'INVALID_OPTION')
      await archive.append(run(49, { blocks: 4 }))
      assert.deepEqual([archive.oldest, archive.newest], [51, 52])
      assert.deepEqual((await loaded(archive)).heights, [[51, 52]])
      await archive.close()
    })

    test('proofs of epochs are all kept', async () => {
      const archive = await open()
      for (const epoch of [0, 1, 2, 1, 3]) await archive.putEpochProof(epoch, epochProof(epoch))
      assert.deepEqual(await archive.epochProofs(0), [0, 1, 2, 3].map(epochProof))
      assert.deepEqual(await archive.epochProofs(1, 2), [1, 2].map(epochProof))
      assert.deepEqual(await archive.epochProofs(4), [])
      await archive.close()
    })

    test('proofs of epochs that are missing are named, and come later', async () => {
      const archive = await open()
      const missing = (before: number) => archive.missingEpochProof(before)
      assert.deepEqual([await missing(0), await missing(1)], [undefined, 0])
      for (const epoch of [0, 3, 6]) await archive.putEpochProof(epoch, epochProof(epoch))
      assert.deepEqual([await missing(1), await missing(2), await missing(7)], [undefined, 1, 1])
      assert.deepEqual(await archive.epochProofs(3), [epochProof(3)])
      for (const epoch of [1, 2]) await archive.putEpochProof(epoch, epochProof(epoch))
      assert.deepEqual(await archive.epochProofs(0), [0, 1, 2, 3].map(epochProof))
      assert.deepEqual([await missing(4), await missing(7)], [undefined, 4])
      for (const epoch of [4, 5, 7]) await archive.putEpochProof(epoch, epochProof(epoch))
      assert.deepEqual(await archive.epochProofs(0), [0, 1, 2, 3, 4, 5, 6, 7].map(epochProof))
      assert.equal(await missing(8), undefined)
      await archive.close()
    })
  })
}
