/**
 * The workloads between threads for Node's worker threads alone, one per process:
 *
 *   node scripts/bench/peers/node/main.ts cross-thread rounds=3 messages=500000 burst=512
 */
import { type Figure, printFigures, readSizes, type Sizes } from '../../figure.ts'

const programs: Readonly<Record<string, () => Promise<{ run(sizes: Sizes): Promise<Figure[]> }>>> = {
  'cross-thread': () => import('./one-way.ts'),
  'cross-thread-ask': () => import('./round-trip.ts'),
  'idle-cpu': () => import('./idle.ts'),
  'thread-death': () => import('./death.ts'),
}

const [name = '', ...sizes] = process.argv.slice(2)
const load = programs[name]
if (load === undefined)
  throw new RangeError(`There is no workload "${name}". Choose from: ${Object.keys(programs)}.`)
const program = await load()
printFigures(await program.run(readSizes(sizes)))
