/** How commands write: text for people, JSON for scripts, one sentence for what went wrong. */
import { once } from 'node:events'
import { styleText } from 'node:util'
import { NeuroplexError } from '../../protocols/errors.ts'
import { exitCodeOf } from './exit-codes.ts'

type Style = Parameters<typeof styleText>[0]

/** Writes a line to the standard output, and waits while its reader is slow. */
export async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain')
}

/** Writes one JSON document over several lines. */
export function printDocument(value: unknown): Promise<void> {
  return print(JSON.stringify(value, undefined, 2))
}

/** Writes one JSON document on one line, for commands that go on. */
export function printLine(value: unknown): Promise<void> {
  return print(JSON.stringify(value))
}

/** Colours where the standard output is a terminal that wants them (NO_COLOR, FORCE_COLOR). */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** Text from actors, without what a terminal would take for a command. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeCharacter)
}

function escapeCharacter(character: string): string {
  const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return known[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Writes what went wrong to the standard error stream and returns the exit code for it. */
export function reportError(error: unknown, options: { json: boolean; debug: boolean }): number {
  const exitCode = exitCodeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (options.json) {
    const code = error instanceof NeuroplexError ? error.code : 'CLI_FAILED'
    process.stderr.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`)
  } else {
    const prefix = styleText(['red', 'bold'], 'neuroplex:', { stream: process.stderr })
    process.stderr.write(`${prefix} ${printable(message)}\n`)
  }
  if (options.debug && error instanceof Error) process.stderr.write(`${describeDeep(error)}\n`)
  return exitCode
}

function describeDeep(error: Error): string {
  const own = error.stack ?? String(error)
  return error.cause instanceof Error ? `${own}\ncaused by ${describeDeep(error.cause)}` : own
}

/** A reader that has seen enough, as in `neuroplex trace /user/a | head`, is no failure. */
export function endWithReader(): void {
  process.stdout.off('error', onOutputError)
  process.stdout.on('error', onOutputError)
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
