/**
 * The main job: `npm start`. Exit codes: 0 done, 1 failed, 2 arguments that make no sense, 130 interrupted.
 */
import { styleText } from 'node:util'
import { printable } from '../../runtime/cli/output.ts'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { writeReport } from './report.ts'
import { runTriage } from './run.ts'
import { showLive } from './show/live.ts'
import { showPlain } from './show/plain.ts'
import { resultLines } from './show/results.ts'

const FAILED = 1
const WRONG_USAGE = 2
const INTERRUPTED = 130

process.exitCode = await main(process.argv.slice(2))

async function main(given: readonly string[]): Promise<number> {
  let args: Arguments
  try {
    args = readArguments(given)
  } catch (error) {
    return say(`${(error as Error).message} See npm start -- --help.`, WRONG_USAGE)
  }
  if (args.help) {
    console.log(USAGE)
    return 0
  }
  try {
    return await run(args)
  } catch (error) {
    return say((error as Error).message, FAILED)
  }
}

async function run(args: Arguments): Promise<number> {
  const interruption = interruptions()
  const live = process.stdout.isTTY && !args.quiet
  const report = await runTriage(args, live ? showLive : showPlain, interruption)
  for (const line of resultLines(report)) console.log(line)
  if (args.report !== undefined) await writeReport(args.report, report)
  return report.interrupted ? INTERRUPTED : 0
}

/** Aborts at the first Ctrl-C, so that the job ends in order; the second ends it at once. */
function interruptions(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(INTERRUPTED)
      controller.abort(new Error('interrupted'))
    })
  return controller.signal
}

function say(message: string, exitCode: number): number {
  const name = styleText(['red', 'bold'], 'triage:', { stream: process.stderr })
  process.stderr.write(`${name} ${printable(message)}\n`)
  return exitCode
}
