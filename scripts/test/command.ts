/** Runs one of the project's tools to its end and keeps what it says. */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's own folder, whatever the folder that the command was started in. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface CommandResult {
  ok: boolean
  output: string
}

/** No tool here needs more than a minute; one that does is stuck. */
const TOOL_TIMEOUT_MS = 300_000

/**
 * Runs a command in the project's folder, with the project's own tools and Node first on the path,
 * and without an input, so that no tool can wait for an answer.
 */
export function runCommand(command: string, args: string[]): Promise<CommandResult> {
  const chunks: Buffer[] = []
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: pathWithTools(process.env.PATH) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TOOL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    const end = (ok: boolean, problem: string) => {
      resolve({ ok, output: `${Buffer.concat(chunks).toString('utf8')}${problem}`.trim() })
    }
    child.once('error', (error) =>
      end(false, `\n${command} did not start: ${error.message}. Run npm ci first.`),
    )
    child.once('close', (code, signal) => {
      end(
        code === 0,
        signal ? `\n${command} was ended by ${signal} after at most ${TOOL_TIMEOUT_MS} ms.` : '',
      )
    })
  })
}

function pathWithTools(path = ''): string {
  return [join(root, 'node_modules', '.bin'), path].join(delimiter)
}
