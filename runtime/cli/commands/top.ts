/** `neuroplex top`: pools, threads and the busiest actors of a node, live. */
import { type Command, InvalidArgumentError } from 'commander'
import type { SystemDescription } from '../../telemetry/control.ts'
import type { ControlClient } from '../../telemetry/control-client.ts'
import { CONTROL_LIMITS } from '../../telemetry/control-protocol.ts'
import { SORT_KEYS, type SortKey } from '../../telemetry/top.ts'
import { print, printDocument, printLine } from '../output.ts'
import { type NodeOptions, newNodeCommand, seconds, wholeNumber } from '../program.ts'
import { renderTop } from '../render/top.ts'
import { showLive } from '../top-screen.ts'
import { untilInterrupted, withNode } from '../with-node.ts'

interface TopOptions extends NodeOptions {
  sort: SortKey
  every: number
  actors: number
  once?: boolean
}

export function top(): Command {
  const { minEveryMs, maxEveryMs, busiest } = CONTROL_LIMITS
  return newNodeCommand('top', 'show what a running node is busy with, live', [
    'neuroplex top                    # q quits; s, or m, t and r, change the order',
    'neuroplex top --sort turns --every 0.5',
    "neuroplex top --once --json | jq '.threads[] | {thread, utilization}'",
  ])
    .option('--sort <order>', `order of actors: ${SORT_KEYS.join(', ')}`, sortKey, 'queue')
    .option(
      '--every <seconds>',
      'pause between two readings',
      seconds(minEveryMs / 1_000, maxEveryMs / 1_000),
      1,
    )
    .option('--actors <n>', 'actors in a reading', wholeNumber(0, busiest), 100)
    .option('--once', 'take one reading and end')
    .action(showTop)
}

async function showTop(options: TopOptions): Promise<void> {
  const signal = untilInterrupted()
  await withNode(options, async (client) => {
    const system = await client.call('describe', {})
    const live = process.stdout.isTTY && !options.once && !options.json
    await (live
      ? showLive(client, system, request(options), signal)
      : writeReadings(client, system, options, signal))
  })
}

async function writeReadings(
  client: ControlClient,
  system: SystemDescription,
  options: TopOptions,
  signal: AbortSignal,
): Promise<void> {
  for await (const reading of client.stream('top', request(options), { signal })) {
    if (options.json) await (options.once ? printDocument(reading) : printLine(reading))
    else await print(`${renderTop(system, reading, options.sort).join('\n')}${options.once ? '' : '\n'}`)
    if (options.once) return
  }
}

function request({ sort, every, actors }: TopOptions) {
  return { sort, everyMs: Math.round(every * 1_000), limit: actors }
}

function sortKey(text: string): SortKey {
  if (SORT_KEYS.includes(text as SortKey)) return text as SortKey
  throw new InvalidArgumentError(`Give one of ${SORT_KEYS.join(', ')}.`)
}
