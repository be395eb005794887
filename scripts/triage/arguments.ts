/** The command line of `npm start`. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { JobOptions } from './plan.ts'

export interface Arguments extends JobOptions {
  readonly help: boolean
  readonly quiet: boolean
  /** The file for the report. */
  readonly report: string | undefined
}

/** Below this the members have too little to learn from to be worth a committee. */
const LEAST_SAMPLE = 100
const MOST_THREADS = 16
const DEFAULT_MOST_THREADS = 4

export const USAGE = `npm start -- [options]

A team of agents learns from one half of 6,046 real mails what spam is, and is judged on the other half.

  --mail <folder>   decide on your own mail instead: a Maildir, or a folder of .eml files
  --all             have the meaning agent learn from and judge every letter, which takes minutes
                    (by default it learns from 400 and is asked where the other two are in doubt)
  --sample <n>      use n letters of the collection (default all)
  --seed <n>        decides which letters go into which half (default 1)
  --threads <n>     threads for parsers (default one for each core, ${DEFAULT_MOST_THREADS} at most)
  --chaos           plant damaged and hostile mail, parsers that hang, and threads that are lost
  --byzantine <n>   have n of the four validators lie, 0 or 1 (default 0); the results are the same
  --report <file>   write the results to a file as JSON
  --quiet           plain lines instead of a live display
  --help            this text

  npm start -- --chaos --sample 2000
  npm start -- --mail ~/Maildir --report spam.json`

/** Throws an Error with one sentence for the user where an argument makes no sense. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mail: { type: 'string' },
      all: { type: 'boolean', default: false },
      sample: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string' },
      chaos: { type: 'boolean', default: false },
      byzantine: { type: 'string' },
      report: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  for (const name of ['mail', 'report'] as const)
    if (values[name] === '') throw new RangeError(`--${name} needs a path.`)
  return {
    ...values,
    mail: values.mail,
    report: values.report,
    sample: wholeNumber('--sample', values.sample, LEAST_SAMPLE, 1_000_000),
    byzantine: liars(values.byzantine),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1) ?? 1,
    threads:
      wholeNumber('--threads', values.threads, 1, MOST_THREADS) ??
      Math.min(DEFAULT_MOST_THREADS, availableParallelism()),
  }
}

/** With more of them no quorum is to be trusted, so nothing could be said of the results. */
function liars(given: string | undefined): number {
  if (given === undefined || given === '0') return 0
  if (given === '1') return 1
  throw new RangeError(
    `--byzantine takes 0 or 1, not "${given}": of four validators one may lie, and two could forge decisions.`,
  )
}

function wholeNumber(name: string, given: string | undefined, least: number, most: number) {
  if (given === undefined) return undefined
  const value = Number(given)
  if (given.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}, not "${given}".`)
}
