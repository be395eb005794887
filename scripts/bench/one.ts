/**
 * Runs one workload of neuroplex in this process and prints its figures:
 *
 *   node scripts/bench/one.ts ping-pong threads=1 rounds=3 messages=2000000
 *
 * Sizes that aren't given are those of the catalogue, so that `node --cpu-prof scripts/bench/one.ts
 * ping-pong` is enough to see where the time goes.
 */
import { workloads } from './catalogue/index.ts'
import { printFigures, readSizes } from './figure.ts'

const [name, ...sizes] = process.argv.slice(2)
const chosen = workloads.find((workload) => workload.name === name)
if (chosen === undefined) {
  console.error(
    `There is no workload "${name}". Choose from: ${workloads.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(2)
}
const program = await chosen.load()
printFigures(await program.run({ ...chosen.sizes, ...readSizes(sizes) }))
