/** `neuroplex restart`: restarts one actor as if it had failed. */
import type { Command } from 'commander'
import { print, printDocument } from '../output.ts'
import { actorPath, type NodeOptions, newNodeCommand } from '../program.ts'
import { withNode } from '../with-node.ts'

export function restart(): Command {
  return newNodeCommand('restart', 'restart an actor; what waits in its mailbox is kept', [
    'neuroplex restart /user/root/reporter',
  ])
    .argument('<path>', 'the actor, as `neuroplex tree` shows it', actorPath)
    .action(restartActor)
}

async function restartActor(path: string, options: NodeOptions): Promise<void> {
  await withNode(options, async (client) => {
    await client.call('restart', { path })
    if (options.json) return printDocument({ path, restarted: true })
    await print(`restarted ${path}`)
  })
}
