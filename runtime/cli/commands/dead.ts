/** `neuroplex dead`: the newest messages that could not be delivered, and why. */
import type { Command } from 'commander'
import { print, printDocument } from '../output.ts'
import { type NodeOptions, newNodeCommand, wholeNumber } from '../program.ts'
import { renderDeadLetters } from '../render/dead.ts'
import { withNode } from '../with-node.ts'

interface DeadOptions extends NodeOptions {
  last: number
}

export function dead(): Command {
  return newNodeCommand('dead', 'show the messages that could not be delivered', [
    'neuroplex dead --last 20',
    "neuroplex dead --json | jq -r '.deadLetters[].reason' | sort | uniq -c",
  ])
    .option('--last <n>', 'show the newest n', wholeNumber(1), 50)
    .action(showDeadLetters)
}

async function showDeadLetters(options: DeadOptions): Promise<void> {
  await withNode(options, async (client) => {
    const all = await client.collect('deadLetters', {})
    const deadLetters = all.slice(-options.last)
    if (options.json) return printDocument({ kept: all.length, deadLetters })
    for (const line of renderDeadLetters(deadLetters, all.length)) await print(line)
  })
}
