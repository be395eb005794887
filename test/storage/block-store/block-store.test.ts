/** Blocks on disk: they are there after a start, and the store says what it can't do. */
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { newFolder } from '../embedded/folders.ts'
import { testBlockArchive } from './conformance.ts'

testBlockArchive('a store on disk', { open: (limits) => BlockStore.open({ folder: newFolder(), limits }) })
