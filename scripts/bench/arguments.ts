/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util'

export interface Arguments {
  readonly help: boolean
  /** Names of workloads; empty for all. */
  readonly only: readonly string[]
  readonly runs: number
  readonly peers: boolean
  readonly quick: boolean
  /** Seconds to wait at most before each run for other programs to be done; 0 for none. */
  readonly wait: number
  /** The file to write all figures to. */
  readonly json: string | undefined
}

const DEFAULT_RUNS = 5

export const USAGE = `npm run bench -- [options]

Runs the same work for neuroplex and its peers, in turns, each run in a fresh process, and prints the
medians with their smallest and largest run, and what neuroplex's are to its peers'.

  --only <name>   this workload only; may be repeated, or name several with commas
  --runs <n>      runs of each (default ${DEFAULT_RUNS}, or 1 with --quick)
  --quick         less work, for a first look; such figures are not to be quoted
  --no-peers      neuroplex alone
  --wait <s>      before each run, wait up to so many seconds for other programs to be done (default 0)
  --json <file>   writes every figure, with its unit, its runs and its peers', to a file
  --help          this text`

/** Throws an error with a message for the user where the arguments make no sense. */
export function readArguments(args: readonly string[], known: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string' },
      peers: { type: 'boolean', default: true },
      quick: { type: 'boolean', default: false },
      wait: { type: 'string', default: '0' },
      json: { type: 'string' },
    },
    allowNegative: true,
  })
  const only = values.only.flatMap((names) => names.split(',')).filter((name) => name !== '')
  checkNames(only, known)
  const { help, peers, quick, json } = values
  const runs = values.runs === undefined ? undefined : readWhole('--runs', values.runs, 1)
  const wait = readWhole('--wait', values.wait, 0)
  return { help, only, peers, quick, wait, json, runs: runs ?? (quick ? 1 : DEFAULT_RUNS) }
}

function checkNames(only: readonly string[], known: readonly string[]): void {
  const unknown = only.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`There is no workload "${unknown}". Choose from: ${known.join(', ')}.`)
}

function readWhole(flag: string, given: string, min: number): number {
  const value = Number(given)
  if (given === '' || !Number.isInteger(value) || value < min)
    throw new RangeError(`${flag} takes a whole number from ${min}, not "${given}".`)
  return value
}
