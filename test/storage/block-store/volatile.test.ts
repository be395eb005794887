/** Blocks in memory. */
import { VolatileBlocks } from '../../../storage/block-store/volatile.ts'
import { testBlockArchive } from './conformance.ts'

testBlockArchive('an archive in memory', {
  open: async ({ finalityHeights, keptSnapshots } = {}) =>
    new VolatileBlocks({ finalityHeights, keptSnapshots }),
})
