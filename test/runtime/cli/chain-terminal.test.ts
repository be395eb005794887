import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Folder, neuroplex, RunningNode } from './command.ts'
import { hasPseudoTerminal, inTerminal } from './pseudo-terminal.ts'

if (hasPseudoTerminal)
  test('in a terminal chain redraws in place, says when nobody answers, and ends by q', async () => {
    using folder = new Folder()
    await using _node = await RunningNode.up('deciding.ts', folder.path)
    const stop = () => void neuroplex(['stop', '/system/validators/local'], folder.path)
    const { code, screen } = await inTerminal('chain --every 0.1', folder.path, { rows: 24, columns: 80 }, [
      ['validator-', stop],
      ['no validator answers', 'q'],
    ])
    assert.equal(code, 0)
    const text = stripVTControlCharacters(screen)
    assert.match(text, /asking the validators …/)
    assert.match(text, /height \d+ {3}epoch \d+/)
    assert.match(text, /q quit/)
    assert.ok(screen.endsWith('\u001b[?1049l'), 'the terminal as it was')
  })
