/** `neuroplex trace`: the messages of one actor as they pass. */
import type { Command } from 'commander'
import { print, printLine } from '../output.ts'
import { actorPath, type NodeOptions, newNodeCommand, wholeNumber } from '../program.ts'
import { renderTrace } from '../render/trace.ts'
import { untilInterrupted, withNode } from '../with-node.ts'

interface TraceOptions extends NodeOptions {
  count: number
}

export function trace(): Command {
  return newNodeCommand('trace', 'show the messages that reach an actor or leave it, until Ctrl-C', [
    'neuroplex trace /user/root/reporter',
    'neuroplex trace /user/root/reporter --count 10 --json',
  ])
    .argument('<path>', 'the actor, as `neuroplex tree` shows it', actorPath)
    .option('--count <n>', 'end after n events', wholeNumber(1), Number.POSITIVE_INFINITY)
    .action(traceActor)
}

async function traceActor(path: string, options: TraceOptions): Promise<void> {
  const signal = untilInterrupted()
  const onBegun = options.json ? undefined : () => process.stderr.write(`tracing ${path}; Ctrl-C ends\n`)
  await withNode(options, async (client) => {
    let left = options.count
    for await (const event of client.stream('trace', { path }, { signal, onBegun })) {
      await (options.json ? printLine(event) : print(renderTrace(event)))
      if (--left === 0) return
    }
  })
}
