/** What a program has said until it was killed without warning. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Runs a program until it has said something beyond its first line, kills it at a moment within the time that follows,
 * and gives the whole lines after the first.
 */
export async function linesUntilKilled(
  program: string,
  args: readonly string[],
  withinMs: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (output.split('\n').length <= 2) await once(child.stdout, 'data')
  await pause(Math.random() * withinMs)
  child.kill('SIGKILL')
  const [, signal] = await closed
  assert.equal(signal, 'SIGKILL', 'the process has ended by itself')
  // The last line is cut off where it was killed while it wrote it.
  return output.split('\n').slice(1, -1)
}
