import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { Folder, neuroplex, RunningNode } from './command.ts'

// Each test has processes and a folder of its own, and mostly waits for them.
suite('neuroplex run', { concurrency: 3 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    test(`${signal} ends a node in order, with exit code 0 and without a socket left behind`, async () => {
      using folder = new Folder()
      await using node = await RunningNode.up('steady.ts', folder.path)
      const socket = join(folder.path, '.neuroplex/control.sock')
      assert.equal(statSync(socket).mode & 0o777, 0o600)
      assert.equal(statSync(join(folder.path, '.neuroplex')).mode & 0o777, 0o700)
      node.process.kill(signal)
      assert.equal(await node.ended, 0)
      assert.match((await node.logged('node-ending')).msg, new RegExp(signal))
      assert.equal(existsSync(socket), false)
    })

  test('a second signal ends a node at once, with the exit code of that signal', async () => {
    using folder = new Folder()
    await using node = await RunningNode.up('deaf.ts', folder.path)
    node.process.kill('SIGINT')
    await node.logged('node-ending')
    node.process.kill('SIGTERM')
    assert.equal(await node.ended, 128 + 15)
  })

  test('a supervisor that gives up ends the node with 70 and says why', async () => {
    using folder = new Folder()
    await using node = new RunningNode('giving-up.ts', folder.path)
    assert.equal(await node.ended, 70)
    const ending = await node.logged('node-ending')
    assert.equal(ending.exitCode, 70)
    assert.match(ending.msg, /the root has failed for good/)
  })

  test('a root function that fails ends the node with 70 and its message', async () => {
    using folder = new Folder()
    await using node = new RunningNode('rejecting.ts', folder.path)
    assert.equal(await node.ended, 70)
    assert.match((await node.logged('node-ending')).msg, /no configuration/)
  })

  test('a node ends when the actor that its root function returned is stopped', async () => {
    using folder = new Folder()
    await using node = await RunningNode.up('function.ts', folder.path)
    await neuroplex(['stop', '/user/keeper'], folder.path)
    assert.equal(await node.ended, 0)
  })

  test('a root function that shuts the system down ends the node with 0', async () => {
    using folder = new Folder()
    await using node = new RunningNode('closing.ts', folder.path)
    assert.equal(await node.ended, 0)
  })

  test('a module without a root is refused with 66, and so is one that does not load', async () => {
    using folder = new Folder()
    await using rootless = new RunningNode('no-root.ts', folder.path)
    assert.equal(await rootless.ended, 66)
    assert.match(rootless.words.join('\n'), /^neuroplex: .*no-root\.ts has to export a root as default/)
    await using broken = new RunningNode('not-loading.ts', folder.path)
    assert.equal(await broken.ended, 66)
    assert.match(broken.words.join('\n'), /no luck today.*not-loading\.ts:2/)
    assert.equal(broken.words.length, 1)
  })

  test('services that are none are refused with 66', async () => {
    using folder = new Folder()
    await using node = new RunningNode('no-services.ts', folder.path)
    assert.equal(await node.ended, 66)
    assert.match(
      node.words.join('\n'),
      /exports `services`, which has to be a list of services, for instance/,
    )
  })

  test('a second node on one data folder is refused with 5 and told the pid of the first', async () => {
    using folder = new Folder()
    await using first = await RunningNode.up('steady.ts', folder.path)
    await using second = new RunningNode('steady.ts', folder.path)
    assert.equal(await second.ended, 5)
    assert.match(second.words.join('\n'), new RegExp(`pid ${first.process.pid} already uses`))
  })

  test('the options reach the system', async () => {
    using folder = new Folder()
    const dataDir = join(folder.path, 'data')
    const options = [
      '--data-dir',
      dataDir,
      '--name',
      'demo',
      '--threads',
      '2',
      '--pool',
      'slow=1:64',
      '--limit',
      'mailboxSize=7',
    ]
    await using _node = await RunningNode.up('steady.ts', folder.path, ...options)
    const { stdout } = await neuroplex(['tree', '--json', '--data-dir', dataDir], folder.path)
    const { system } = JSON.parse(stdout)
    assert.equal(system.name, 'demo')
    assert.deepEqual(
      system.threads.map(({ pool }: { pool: string }) => pool),
      ['control', 'default', 'default', 'slow'],
    )
  })

  test('the log goes to a file where one is named', async () => {
    using folder = new Folder()
    const file = join(folder.path, 'node.log')
    await using node = new RunningNode('closing.ts', folder.path, '--log-file', file)
    assert.equal(await node.ended, 0)
    assert.equal(node.log.length, 0)
    assert.ok(statSync(file).size > 0)
  })
})
