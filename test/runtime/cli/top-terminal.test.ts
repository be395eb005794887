import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Folder, RunningNode } from './command.ts'
import { hasPseudoTerminal, inTerminal } from './pseudo-terminal.ts'

if (hasPseudoTerminal)
  for (const [key, name] of [
    ['q', 'q'],
    ['\u0003', 'Ctrl-C'],
  ] as const)
    test(`in a terminal top redraws in place, changes its order by a key and ends by ${name}`, async () => {
      using folder = new Folder()
      await using _node = await RunningNode.up('steady.ts', folder.path)
      const size = { rows: 40, columns: 120 }
      const { code, screen } = await inTerminal('top --every 0.1', folder.path, size, [
        ['QUEUE ▼', 't'],
        ['TURNS/S ▼', key],
      ])
      assert.equal(code, 0)
      assert.match(stripVTControlCharacters(screen), /\/user\/root\/feeder +Feeder/)
      assert.ok(screen.includes('\u001b[?1049h'), 'a screen of its own')
      assert.ok(screen.includes('\u001b[?2026h'), 'updates at once')
      assert.ok(screen.endsWith('\u001b[?1049l'), 'the terminal as it was')
    })
