/**
 * `npm run simulate`: runs a simulation for many seeds, and names those that fail with what replays them.
 *
 * The exit code is 0 where all that has to hold held, 1 where it did not, and 2 for arguments that make no sense.
 */
import { createHash } from 'node:crypto'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { consensus } from './consensus.ts'
import { replication } from './replication.ts'
import type { Outcome, Simulation } from './simulation.ts'

const SIMULATIONS: readonly Simulation[] = [replication, ...consensus]

/** So many failing seeds tell enough. */
const MOST_FAILING = 20
const PROGRESS_SEEDS = 1_000

const args = readOrExit()
if (args.help)
  console.log(
    `${USAGE}\n\nSimulations:\n${SIMULATIONS.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}`,
  )
else runSeeds(SIMULATIONS.find(({ name }) => name === args.name) as Simulation, args)

function readOrExit(): Arguments {
  try {
    return readArguments(
      process.argv.slice(2),
      SIMULATIONS.map(({ name }) => name),
    )
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

function runSeeds(simulation: Simulation, { seeds, from, trace }: Arguments): void {
  const all = createHash('sha256')
  const totals = new Map<string, number>()
  let run = 0
  let failing = 0
  while (run < seeds && failing < MOST_FAILING) {
    const seed = from + run++
    const outcome = runSeed(simulation, seed, trace)
    all.update(outcome.traceHash)
    for (const [name, count] of Object.entries(outcome.counts))
      totals.set(name, (totals.get(name) ?? 0) + count)
    if (outcome.failures.length > 0) {
      failing++
      tellFailure(simulation.name, seed, outcome.failures)
    }
    if (run % PROGRESS_SEEDS === 0) console.error(`${run} of ${seeds} seeds, ${failing} failed`)
  }
  const counts = [...totals].map(([name, count]) => `${count} ${name}`).join(', ')
  console.log(`${simulation.name}: ${run} seeds from ${from}, ${failing} failed; ${counts}`)
  console.log(`trace hash ${all.digest('hex')}`)
  if (failing > 0) process.exitCode = 1
}

/** What a simulation throws is a failure of its seed as well. */
function runSeed(simulation: Simulation, seed: number, trace: boolean): Outcome {
  try {
    return simulation.run(seed, trace ? (line) => console.log(line) : undefined)
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { failures: [failure], traceHash: '', counts: {} }
  }
}

function tellFailure(name: string, seed: number, failures: readonly string[]): void {
  console.log(`seed ${seed} failed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
  console.log(`  replay it with: npm run simulate -- ${name} --from ${seed} --seeds 1 --trace`)
}
