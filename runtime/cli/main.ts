/**
 * The command `neuroplex`.
 *
 * Each command is a file under `commands/`; what goes wrong in any of them is reported here, as one
 * sentence and an exit code.
 */
import { type Command, CommanderError } from 'commander'
import { chain } from './commands/chain.ts'
import { dead } from './commands/dead.ts'
import { doctor } from './commands/doctor.ts'
import { genesis } from './commands/genesis.ts'
import { init } from './commands/init.ts'
import { keys } from './commands/keys.ts'
import { restart } from './commands/restart.ts'
import { run } from './commands/run.ts'
import { stop } from './commands/stop.ts'
import { top } from './commands/top.ts'
import { trace } from './commands/trace.ts'
import { tree } from './commands/tree.ts'
import { validators } from './commands/validators.ts'
import { verify } from './commands/verify.ts'
import { UsageError } from './errors.ts'
import { EXIT_TABLE } from './exit-codes.ts'
import { endWithReader, reportError, styled } from './output.ts'
import { ownPackage } from './package.ts'
import { newProgram } from './program.ts'

/** In the order in which the help shows them. */
const COMMANDS = [
  ...[init, run, tree, top, trace, dead, restart, stop, validators, chain],
  ...[doctor, keys, genesis, verify],
]

/** Runs a command line as in `process.argv` and sets the exit code of the process. */
export async function main(processArgv: string[]): Promise<void> {
  const argv = processArgv.slice(2)
  const program = createProgram()
  endWithReader()
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    const debug = argv.includes('--debug') || Boolean(process.env.NEUROPLEX_DEBUG)
    process.exitCode = reportError(toUsageError(error, program, argv), {
      json: argv.includes('--json'),
      debug,
    })
  }
}

function createProgram(): Command {
  const program = newProgram('neuroplex', 'Supervised, distributed actors for AI agents.')
    .version(ownPackage().version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', epilogue)
  for (const command of COMMANDS) program.addCommand(command())
  return program
}

function epilogue(): string {
  const codes = EXIT_TABLE.map(([code, meaning]) => `  ${code.padEnd(9)}${meaning}`)
  return [
    '',
    styled('bold', 'Example:'),
    '  neuroplex init my-agents && cd my-agents && npm install && npx neuroplex run ./agents.ts',
    '',
    styled('bold', 'Exit codes:'),
    ...codes,
  ].join('\n')
}

/** Commander's errors say what is wrong; this adds where to read what would be right. */
function toUsageError(error: unknown, program: Command, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, ', did you mean $1?')
    .replace(/\.$/, '')
  if (error.code === 'commander.help')
    return new UsageError(`which of them? \`neuroplex ${argv[0]} --help\` shows what there is`, error)
  if (error.code === 'commander.invalidArgument') return new UsageError(message, error)
  const known = program.commands.map((command) => command.name())
  const command = argv.find((argument) => known.includes(argument))
  const where = command === undefined ? 'neuroplex --help' : `neuroplex ${command} --help`
  return new UsageError(`${message}; \`${where}\` shows what there is`, error)
}
