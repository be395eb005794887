/** The command line of `npm run simulate`. */
import { parseArgs } from 'node:util'

export interface Arguments {
  readonly help: boolean
  readonly name: string
  readonly seeds: number
  /** The first seed. */
  readonly from: number
  readonly trace: boolean
}

const DEFAULT_SEEDS = 1_000
const MOST_SEEDS = 2 ** 32

export const USAGE = `npm run simulate -- <simulation> [options]

Runs a simulation in virtual time for many seeds. The same seed is the same run.

  --seeds <n>   how many seeds (default ${DEFAULT_SEEDS})
  --from <n>    the first seed (default 0)
  --trace       prints what happens; for one seed, usually
  --help        this text`

/** Throws an error with a message for the user where the arguments make no sense. */
export function readArguments(args: readonly string[], known: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seeds: { type: 'string', default: `${DEFAULT_SEEDS}` },
      from: { type: 'string', default: '0' },
      trace: { type: 'boolean', default: false },
    },
  })
  const { help, trace } = values
  const [name, ...more] = positionals
  if (!help) checkName(name, more, known)
  const seeds = readWhole('--seeds', values.seeds, 1)
  return { help, name: name ?? '', seeds, from: readWhole('--from', values.from, 0), trace }
}

function checkName(name: string | undefined, more: readonly string[], known: readonly string[]): void {
  if (more.length === 0 && name !== undefined && known.includes(name)) return
  throw new RangeError(`Name one simulation; choose from: ${known.join(', ')}.`)
}

function readWhole(flag: string, given: string, min: number): number {
  const value = Number(given)
  if (given === '' || !Number.isInteger(value) || value < min || value > MOST_SEEDS)
    throw new RangeError(`${flag} takes a whole number from ${min} to ${MOST_SEEDS}, not "${given}".`)
  return value
}
