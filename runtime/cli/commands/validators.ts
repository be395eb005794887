/** `neuroplex validators`: who makes the decisions of a node's chain, and how they fare. */
import type { Command } from 'commander'
import { ChainSource } from '../chain/ask.ts'
import { print, printDocument } from '../output.ts'
import { type NodeOptions, newNodeCommand } from '../program.ts'
import { renderValidators } from '../render/validators.ts'
import { withNode } from '../with-node.ts'

interface ValidatorsOptions extends NodeOptions {
  validator?: string
}

export function validators(): Command {
  return newNodeCommand(
    'validators',
    'show the validators of a running node, with stake, evidence and alerts',
    ['neuroplex validators', "neuroplex validators --json | jq '.validators[] | select(.jailed)'"],
  )
    .option('--validator <id>', 'ask this validator (default: any that answers)')
    .action(showValidators)
}

async function showValidators(options: ValidatorsOptions): Promise<void> {
  await withNode(options, async (client) => {
    const status = await new ChainSource(client, options.validator).read()
    if (options.json) return printDocument(status)
    for (const line of renderValidators(status, Date.now())) await print(line)
  })
}
