/** `neuroplex chain`: how far and how fast a node's chain is, live. */
import type { Command } from 'commander'
import { CONTROL_LIMITS } from '../../telemetry/control-protocol.ts'
import { ChainSource } from '../chain/ask.ts'
import { repeat } from '../chain/repeat.ts'
import { showLive } from '../chain/screen.ts'
import { print, printDocument, printLine } from '../output.ts'
import { type NodeOptions, newNodeCommand, seconds } from '../program.ts'
import { renderChain } from '../render/chain.ts'
import { untilInterrupted, withNode } from '../with-node.ts'

/** With the prompts around it, a reading fits on the smallest usual terminal. */
const TEXT_ROWS = 22

interface ChainOptions extends NodeOptions {
  every: number
  once?: boolean
  validator?: string
}

export function chain(): Command {
  const { minEveryMs, maxEveryMs } = CONTROL_LIMITS
  return newNodeCommand('chain', 'show how far and how fast the chain of a running node is, live', [
    'neuroplex chain                  # q quits',
    'neuroplex chain --validator validator-2 --every 0.5',
    "neuroplex chain --once --json | jq '{height, latencyMs}'",
  ])
    .option('--validator <id>', 'ask this validator (default: any that answers)')
    .option(
      '--every <seconds>',
      'pause between two readings',
      seconds(minEveryMs / 1_000, maxEveryMs / 1_000),
      1,
    )
    .option('--once', 'take one reading and end')
    .action(showChain)
}

async function showChain(options: ChainOptions): Promise<void> {
  const signal = untilInterrupted()
  const everyMs = Math.round(options.every * 1_000)
  await withNode(options, async (client) => {
    const source = new ChainSource(client, options.validator)
    const live = process.stdout.isTTY && !options.once && !options.json
    await (live ? showLive(source, everyMs, signal) : writeReadings(source, options, everyMs, signal))
  })
}

async function writeReadings(
  source: ChainSource,
  { json, once }: ChainOptions,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const status of repeat(() => source.read(), everyMs, signal)) {
    if (json) await (once ? printDocument(status) : printLine(status))
    else await print(`${renderChain(status, Date.now(), TEXT_ROWS).join('\n')}${once ? '' : '\n'}`)
    if (once) return
  }
}
