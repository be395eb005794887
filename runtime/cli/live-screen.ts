/** What all live screens have in common: how they end, and where their keys stand. */
import { styled } from './output.ts'
import type { Screen } from './screen.ts'

const QUIT_KEYS = ['q', 'Q', '\u0003', '\u001b']

/** Whether a key ends a live screen: q, Ctrl-C or Escape. */
export function quits(key: string): boolean {
  return QUIT_KEYS.includes(key)
}

/** Draws as much of the body as fits, and the keys in the last line. */
export function drawPage(screen: Screen, body: readonly string[], keys: string): void {
  const room = screen.rows - 1
  const blank = Array.from({ length: Math.max(0, room - body.length) }, () => '')
  screen.draw([...body.slice(0, room), ...blank, styled('dim', keys)])
}
