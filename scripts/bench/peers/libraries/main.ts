/**
 * The work on documents for libraries alone, one per process:
 *
 *   node --expose-gc scripts/bench/peers/libraries/main.ts yjs document-edits edits=20000
 */
import { type Figure, printFigures, readSizes, type Sizes } from '../../figure.ts'

type Programs = Readonly<Record<string, (sizes: Sizes) => Figure[] | Promise<Figure[]>>>

const libraries: Readonly<Record<string, () => Promise<{ programs: Programs }>>> = {
  automerge: () => import('./automerge.ts'),
  'automerge-batched': () => import('./automerge-batched.ts'),
  yjs: () => import('./yjs.ts'),
  loro: () => import('./loro.ts'),
}

const [library = '', name = '', ...sizes] = process.argv.slice(2)
const load = libraries[library]
if (load === undefined)
  throw new RangeError(`There is no library "${library}". Choose from: ${Object.keys(libraries)}.`)
const { programs } = await load()
const program = programs[name]
if (program === undefined)
  throw new RangeError(`${library} has no workload "${name}". Choose from: ${Object.keys(programs)}.`)
printFigures(await program(readSizes(sizes)))
