/** Runs the command in a pseudo terminal, and types once something is shown. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

const BIN = resolve(import.meta.dirname, '../../../runtime/cli/bin.ts')
/** `script` of util-linux runs a command in a pseudo terminal; elsewhere the screen is tested without one. */
export const hasPseudoTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

/** What to do once something is seen: type a key, or something else. */
export type Step = readonly [seen: string, next: string | (() => void)]

/** Resolves with the exit code and all that was written to the terminal. */
export async function inTerminal(
  args: string,
  cwd: string,
  size: { readonly rows: number; readonly columns: number },
  steps: readonly Step[],
): Promise<{ code: number | null; screen: string }> {
  const command = `stty rows ${size.rows} cols ${size.columns}; '${process.execPath}' '${BIN}' ${args}`
  const terminal = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { ...process.env, TERM: 'xterm-256color' },
  })
  const waiting = [...steps]
  let screen = ''
  terminal.stdout.on('data', (chunk) => {
    screen += chunk
    const step = waiting[0]
    if (step === undefined || !screen.includes(step[0])) return
    waiting.shift()
    if (typeof step[1] === 'string') terminal.stdin.write(step[1])
    else step[1]()
  })
  const [code] = await once(terminal, 'close')
  return { code, screen }
}
