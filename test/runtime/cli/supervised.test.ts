import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Folder, neuroplex, RunningNode } from './command.ts'

// Each test has processes and a folder of its own, and mostly waits for them.
suite('neuroplex run --supervised', { concurrency: 3 }, () => {
  test('a node that is killed comes back, on the same socket, with one log line that names count and budget', async () => {
    using folder = new Folder()
    await using parent = await RunningNode.up('steady.ts', folder.path, '--supervised')
    const first = (await parent.logged('node-up')).pid as number
    assert.notEqual(first, parent.process.pid)
    process.kill(first, 'SIGKILL')
    const restart = await parent.logged('node-restart')
    assert.match(restart.msg, /ended by SIGKILL; .* \(restart 1 of 5 within 1 min\)/)
    assert.equal(restart.count, 1)
    const second = (await parent.logged('node-up', 2)).pid
    assert.notEqual(second, first)
    const { code, stdout } = await neuroplex(['tree', '--json'], folder.path)
    assert.equal(code, 0)
    assert.equal(JSON.parse(stdout).system.pid, second)
    parent.process.kill('SIGTERM')
    assert.equal(await parent.ended, 0)
  })

  test('a node whose main thread is blocked is killed and comes back', async () => {
    using folder = new Folder()
    const options = ['--supervised', '--heartbeat-limit-ms', '2000']
    await using parent = await RunningNode.up('blocking-main.ts', folder.path, ...options)
    const killed = await parent.logged('node-killed')
    assert.equal(killed.verdict, 'blocked')
    assert.match((await parent.logged('node-restart')).msg, /SIGKILL/)
    await parent.logged('node-up', 2)
    parent.process.kill('SIGINT')
    assert.equal(await parent.ended, 0)
  })

  test('a node that crashes again and again is given up with its own exit code', async () => {
    using folder = new Folder()
    await using parent = new RunningNode('crashing.ts', folder.path, '--supervised', '--restarts', '2')
    assert.equal(await parent.ended, 9)
    assert.equal(parent.log.filter(({ event }) => event === 'node-restart').length, 2)
    assert.match((await parent.logged('node-given-up')).msg, /exit code 9; giving up, since 2 within 1 min/)
  })

  test('a command line that is wrong is not tried again', async () => {
    using folder = new Folder()
    const { code, stderr } = await neuroplex(['run', './none.ts', '--supervised'], folder.path)
    assert.equal(code, 2)
    assert.match(stderr, /there is no file/)
  })

  test('a node whose parent is killed ends in order', async () => {
    using folder = new Folder()
    await using parent = await RunningNode.up('steady.ts', folder.path, '--supervised')
    parent.process.kill('SIGKILL')
    for (;;) {
      const { code } = await neuroplex(['tree'], folder.path)
      if (code === 3) break
    }
    await parent.ended
    assert.match((await parent.logged('node-ending')).msg, /parent process is gone/)
  })

  test('a second signal ends a node that does not stop', async () => {
    using folder = new Folder()
    await using parent = await RunningNode.up('deaf.ts', folder.path, '--supervised')
    parent.process.kill('SIGINT')
    await parent.logged('node-ending')
    parent.process.kill('SIGTERM')
    assert.equal(await parent.ended, 128 + 15)
  })
})
