/**
 * `npm run bench`: the same work for neuroplex, Erlang/OTP, Pekko and bare worker threads, in one run.
 *
 *   arguments -> systems that are there -> turns, interleaved -> report -> table and JSON
 *
 * It judges no one: where a target is missed, or a peer is absent, the exit code is 0. It is 1 where a
 * program failed.
 */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { workloads } from './catalogue/index.ts'
import { machineLines } from './machine.ts'
import type { Report } from './report.ts'
import { measure } from './session.ts'
import { renderFigures } from './table.ts'

const args = readOrExit()
if (args.help) console.log(`${USAGE}\n\nWorkloads:\n${workloadLines().join('\n')}`)
else await benchmark(args)

function readOrExit(): Arguments {
  try {
    return readArguments(
      process.argv.slice(2),
      workloads.map(({ name }) => name),
    )
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

function workloadLines(): string[] {
  return workloads.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`)
}

async function benchmark({ only, json, ...options }: Arguments): Promise<void> {
  const chosen = workloads.filter(({ name }) => only.length === 0 || only.includes(name))
  // What happens meanwhile goes beside the table, so that the table can be kept alone.
  const report = await measure(chosen, options, (line) => console.error(line))
  print(report)
  if (json !== undefined) await writeFile(resolve(json), `${JSON.stringify(report, null, 2)}\n`)
  if (report.failures.length > 0) process.exitCode = 1
}

function print({ machine, options, figures, absent, failures }: Report): void {
  console.log(machineLines(machine).join('\n'))
  console.log(
    `Up to ${options.runs} runs each, in turns${options.quick ? '; quick, so not to be quoted' : ''}\n`,
  )
  console.log(renderFigures(figures))
  for (const { name, install } of absent) console.log(`${name} is absent; install it with: ${install}`)
  for (const { name, workload, why } of failures) console.log(`${name} failed at ${workload}: ${why}`)
}
