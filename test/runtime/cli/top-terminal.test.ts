import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Folder, RunningNode } from './command.ts'

const BIN = resolve(import.meta.dirname, '../../../runtime/cli/bin.ts')
/** `script` of util-linux runs a command in a pseudo terminal; elsewhere the screen is tested without one. */
const hasPseudoTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

if (hasPseudoTerminal)
  for (const [key, name] of [
    ['q', 'q'],
    ['\u0003', 'Ctrl-C'],
  ] as const)
    test(`in a terminal top redraws in place, changes its order by a key and ends by ${name}`, async () => {
      using folder = new Folder()
      await using _node = await RunningNode.up('steady.ts', folder.path)
      const command = `stty rows 40 cols 120; '${process.execPath}' '${BIN}' top --every 0.1`
      const terminal = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: folder.path,
        env: { ...process.env, TERM: 'xterm-256color' },
      })
      let screen = ''
      const answers: [seen: string, key: string][] = [
        ['QUEUE ▼', 't'],
        ['TURNS/S ▼', key],
      ]
      terminal.stdout.on('data', (chunk) => {
        screen += chunk
        const [seen, typed] = answers[0] ?? []
        if (seen === undefined || typed === undefined || !screen.includes(seen)) return
        answers.shift()
        terminal.stdin.write(typed)
      })
      const [code] = await once(terminal, 'close')
      assert.equal(code, 0)
      assert.match(stripVTControlCharacters(screen), /\/user\/root\/feeder +Feeder/)
      assert.ok(screen.includes('\u001b[?1049h'), 'a screen of its own')
      assert.ok(screen.includes('\u001b[?2026h'), 'updates at once')
      assert.ok(screen.endsWith('\u001b[?1049l'), 'the terminal as it was')
    })
