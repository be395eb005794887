/** `neuroplex stop`: stops one actor and all below it for good. */
import type { Command } from 'commander'
import { print, printDocument } from '../output.ts'
import { actorPath, type NodeOptions, newNodeCommand } from '../program.ts'
import { withNode } from '../with-node.ts'

export function stop(): Command {
  return newNodeCommand('stop', 'stop an actor and all below it; its supervisor does not start it again', [
    'neuroplex stop /user/root/reporter',
  ])
    .argument('<path>', 'the actor, as `neuroplex tree` shows it', actorPath)
    .action(stopActor)
}

async function stopActor(path: string, options: NodeOptions): Promise<void> {
  await withNode(options, async (client) => {
    await client.call('stop', { path })
    if (options.json) return printDocument({ path, stopped: true })
    await print(`stopped ${path}`)
  })
}
