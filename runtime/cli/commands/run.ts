/** `neuroplex run`: starts a node whose root is a module's default export. */
import { type Command, Option } from 'commander'
import { newNodeCommand, seconds, wholeNumber } from '../program.ts'
import { RUN_LIMITS } from '../run/limits.ts'
import { limit, logLevel, moduleUrl, pool, type RunOptions, several } from '../run/options.ts'

export function run(): Command {
  const { intensity, heartbeatLimitMs } = RUN_LIMITS
  return newNodeCommand(
    'run',
    'start a node; the default export of the module, a supervisor or a function, is its root',
    [
      'neuroplex run ./agents.ts',
      'neuroplex run ./agents.ts --supervised --threads 4 --pool inference=2:512',
      'neuroplex run ./agents.ts --data-dir /var/lib/agents --log-file /var/log/agents.log --limit mailboxSize=1000',
    ],
  )
    .argument('<module>', 'a file, for instance ./agents.ts')
    .option('--name <name>', 'the name of the node')
    .option(
      '--threads <n>',
      'worker threads of the default pool (default: one less than cores; 0 uses none)',
      wholeNumber(0, 1_024),
    )
    .option(
      '--pool <name=threads[:megabytes]>',
      'another pool of threads, with a heap limit for each; may be repeated',
      pool,
    )
    .option('--module <file>', 'another module whose classes can be spawned; may be repeated', several)
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', logLevel)
    .option('--log-file <file>', 'append the log to a file')
    .option('--stall-ms <n>', 'how long a handler may block its thread', wholeNumber(1))
    .option('--limit <name=value>', 'another limit of the runtime; may be repeated', limit)
    .option('--development', 'freeze what is sent on one thread, to find senders that keep writing to it')
    .option('--supervised', 'run the node in a process of its own and start it again when it crashes')
    .option(
      '--restarts <n>',
      'with --supervised: restarts before giving up',
      wholeNumber(0, 1_000_000),
      intensity.restarts,
    )
    .option('--within <seconds>', '… in this many seconds', seconds(1, 86_400), intensity.withinMs / 1_000)
    .addOption(
      new Option(
        '--heartbeat-limit-ms <n>',
        'with --supervised: how long the main thread may be blocked; 0 for ever',
      )
        .argParser(wholeNumber(0))
        .default(heartbeatLimitMs),
    )
    .action(startNode)
}

async function startNode(module: string, options: RunOptions): Promise<void> {
  moduleUrl(module)
  process.exit(await (options.supervised ? supervise(options) : runHere(module, options)))
}

/** Loaded only now: no other command needs the runtime itself, and they answer sooner without it. */
async function runHere(module: string, options: RunOptions): Promise<number> {
  const { runNode } = await import('../run/node.ts')
  return await runNode(module, options)
}

async function supervise(options: RunOptions): Promise<number> {
  const { superviseNode } = await import('../run/parent.ts')
  return await superviseNode(options)
}
