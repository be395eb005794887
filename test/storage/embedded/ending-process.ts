/**
 * Writes without waiting and without closing the store, and has nothing else to do:
 * `node ending-process.ts <folder> <number of writes>`.
 */
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { entry } from './log.ts'

const [folder, count] = [process.argv[2]!, Number(process.argv[3])]
const store = await EmbeddedChunkStore.open({ folder })
for (let number = 1; number <= count; number += 1) void store.write([entry('d', number)])
