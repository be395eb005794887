import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../../actors/validator/node/inbox.ts'

const BURST = 64
const MAX_WAITING = 4_096

class World {
  readonly received: string[] = []
  readonly dropped: string[] = []
  wishes = 0
  readonly inbox = new Inbox({
    receive: (from, frame) => void this.received.push(`${from}${frame[0]! * 256 + frame[1]!}`),
    soon: () => void this.wishes++,
    dropping: (from) => void this.dropped.push(from),
  })

  deliver(from: string, first: number, count: number, bytes = 2): void {
    for (let n = first; n < first + count; n++) {
      const frame = new Uint8Array(bytes)
      frame[0] = n >> 8
      frame[1] = n & 255
      this.inbox.deliver(from, frame)
    }
  }

  takeReceived(): string[] {
    return this.received.splice(0)
  }
}

const numbered = (from: string, first: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${from}${first + i}`)

test('what a peer usually says is handled as it comes', () => {
  const world = new World()
  for (let round = 0; round < 20; round++) {
    world.deliver('a', 0, BURST)
    world.deliver('b', 0, BURST)
    assert.deepEqual(world.takeReceived(), [...numbered('a', 0, BURST), ...numbered('b', 0, BURST)])
    // Whoever has had its burst has the next one with the next flush.
    world.deliver('a', BURST, 1)
    world.inbox.flush()
    assert.deepEqual(world.takeReceived(), [`a${BURST}`])
    world.inbox.flush()
  }
  assert.deepEqual(world.dropped, [])
})

test('beyond its burst a peer waits while others are served, and its frames stay in their order', () => {
  const world = new World()
  world.deliver('a', 0, 1_000)
  assert.deepEqual(world.takeReceived(), numbered('a', 0, BURST))
  world.deliver('b', 0, 3)
  assert.deepEqual(world.takeReceived(), numbered('b', 0, 3))
  assert.equal(world.wishes, 1)
  let next = BURST
  while (next < 1_000) {
    world.inbox.flush()
    const share = Math.min(BURST, 1_000 - next)
    assert.deepEqual(world.takeReceived(), numbered('a', next, share))
    next += share
    world.deliver('b', next, 2)
    assert.deepEqual(world.takeReceived(), numbered('b', next, 2))
  }
  world.inbox.flush()
  assert.deepEqual(world.takeReceived(), [])
})

test('peers that all send too much have their turns one after the other', () => {
  const world = new World()
  for (const peer of ['a', 'b', 'c']) world.deliver(peer, 0, 2 * BURST)
  world.takeReceived()
  world.inbox.flush()
  assert.deepEqual(world.takeReceived().slice(0, 6), ['a64', 'b64', 'c64', 'a65', 'b65', 'c65'])
})

test('what waits is bounded in number and bytes for each peer, and it is told once that frames are dropped', () => {
  const world = new World()
  world.deliver('a', 0, 20_000)
  assert.deepEqual(world.dropped, ['a'])
  let received = world.takeReceived().length
  for (let wishes = -1; world.wishes > wishes; ) {
    wishes = world.wishes
    world.inbox.flush()
    received += world.takeReceived().length
  }
  assert.equal(received, BURST + MAX_WAITING)
  const large = 1024 * 1024
  world.deliver('b', 0, 100, large)
  assert.deepEqual(world.dropped, ['a', 'b'])
  // Eight at once, and 64 that wait.
  assert.equal(world.takeReceived().length, 8)
  world.inbox.flush()
  assert.equal(world.takeReceived().length, 8)
  // One that is larger than a burst is handled all the same.
  world.deliver('c', 0, 1, 9 * large)
  assert.deepEqual(world.takeReceived(), ['c0'])
  world.deliver('a', 0, 20_000)
  assert.deepEqual(world.dropped, ['a', 'b', 'a'])
})
