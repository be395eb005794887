/** Runs a program to its end and hands back what it printed. */
import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Enough for an error with its stack. */
const LINES_OF_FAILURE = 30

export interface ExecuteOptions {
  readonly cwd?: string
  readonly timeoutMs?: number
}

interface Failure extends Error {
  readonly stdout?: string
  readonly stderr?: string
  readonly killed?: boolean
}

/** Throws where the program fails or takes longer than it may; the message ends with what it said. */
export async function run(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<string> {
  const { cwd, timeoutMs = 60_000 } = options
  try {
    const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const
    return (await execute(file, args, { cwd, ...limits })).stdout
  } catch (thrown) {
    const failure = thrown as Failure
    const why = failure.killed ? `took longer than ${timeoutMs / 1_000} s` : 'failed'
    const said = `${failure.stdout ?? ''}\n${failure.stderr ?? failure.message}`
      .trim()
      .split('\n')
      .slice(-LINES_OF_FAILURE)
    throw new Error(`${basename(file)} ${why}:\n${said.join('\n')}`, { cause: thrown })
  }
}

/** The same for a program that may be missing. */
export async function runIfThere(file: string, args: readonly string[]): Promise<string | undefined> {
  return run(file, args).catch(() => undefined)
}
