import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import type { ReadStream, WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { clip } from '../../../runtime/cli/clip.ts'
import { Screen } from '../../../runtime/cli/screen.ts'

class Terminal extends EventEmitter {
  isTTY = true
  rows = 5
  columns = 20
  written = ''
  raw = false

  write(text: string): boolean {
    this.written += text
    return true
  }

  setRawMode(raw: boolean): void {
    this.raw = raw
  }

  setEncoding(): void {}
  pause(): void {}

  take(): string {
    const { written } = this
    this.written = ''
    return written
  }
}

function open() {
  const terminal = new Terminal()
  const screen = new Screen(terminal as unknown as ReadStream, terminal as unknown as WriteStream)
  return { terminal, screen }
}

test('a screen is left as it was found', () => {
  const { terminal, screen } = open()
  assert.ok(terminal.raw)
  assert.match(terminal.take(), /\?1049h.*\?25l/)
  screen.close()
  screen.close()
  assert.equal(terminal.raw, false)
  assert.equal(terminal.take().match(/\?1049l/g)?.length, 1)
  screen.draw(['late'])
  assert.equal(terminal.take(), '')
})

test('only lines that have changed are written', () => {
  const { terminal, screen } = open()
  screen.draw(['one', 'two', 'three'])
  terminal.take()
  screen.draw(['one', 'TWO', 'three'])
  assert.equal(stripVTControlCharacters(terminal.take()), 'TWO')
  screen.draw(['one', 'TWO', 'three'])
  assert.equal(terminal.take(), '')
  screen.close()
})

test('what does not fit is cut off, and a new size draws all again', () => {
  const { terminal, screen } = open()
  screen.onResize(() => screen.draw(['wide line here', 'b']))
  terminal.rows = 1
  terminal.columns = 4
  terminal.take()
  terminal.emit('resize')
  assert.equal(stripVTControlCharacters(terminal.take()), 'wide')
  screen.close()
})

test('keys are passed on', () => {
  const { terminal, screen } = open()
  const keys: string[] = []
  screen.onKey((key) => keys.push(key))
  terminal.emit('data', 'sq')
  terminal.emit('data', '\u001b[A')
  screen.close()
  terminal.emit('data', 'x')
  assert.deepEqual(keys, ['s', 'q', '\u001b[A'])
})

test('a clipped line keeps its colours and counts a surrogate pair once', () => {
  assert.equal(clip('\u001b[31mabcdef\u001b[39m', 3), '\u001b[31mabc\u001b[39m')
  assert.equal(clip('𝒂𝒃𝒄', 2), '𝒂𝒃')
  assert.equal(clip('short', 80), 'short')
})
