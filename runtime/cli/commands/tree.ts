/** `neuroplex tree`: the actors of a node as the tree that supervises them. */
import type { Command } from 'commander'
import { ActorGoneError } from '../../../protocols/errors.ts'
import { print, printDocument } from '../output.ts'
import { actorPath, type NodeOptions, newNodeCommand, wholeNumber } from '../program.ts'
import { renderSystem } from '../render/system.ts'
import { renderTree } from '../render/tree.ts'
import { withNode } from '../with-node.ts'

interface TreeOptions extends NodeOptions {
  depth?: number
  all?: boolean
}

export function tree(): Command {
  return newNodeCommand('tree', 'show the actors of a running node as a tree', [
    'neuroplex tree',
    'neuroplex tree /user/root --depth 2',
    "neuroplex tree --json | jq '.actors[] | select(.restarts > 0)'",
  ])
    .argument('[path]', 'only this actor and what is below it', actorPath)
    .option('--depth <n>', 'levels to show', wholeNumber(1))
    .option('--all', 'show all children of an actor, however many there are')
    .action(showTree)
}

async function showTree(path: string | undefined, options: TreeOptions): Promise<void> {
  await withNode(options, async (client) => {
    const system = await client.call('describe', {})
    const actors = await client.collect('inspect', { under: path })
    if (path !== undefined && actors.length === 0)
      throw new ActorGoneError(`there is no actor ${path}; \`neuroplex tree\` shows those there are`, {
        target: path,
      })
    actors.sort((a, b) => (a.path < b.path ? -1 : 1))
    if (options.json) return printDocument({ system, actors })
    await print(`${renderSystem(system, actors.length)}\n`)
    for (const line of renderTree(actors, options)) await print(line)
  })
}
