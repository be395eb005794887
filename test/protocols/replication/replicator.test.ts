import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatchUp } from '../../../protocols/replication/catch-up.ts'
import type { Change } from '../../../protocols/replication/document.ts'
import type { Message, MessageOf } from '../../../protocols/replication/messages.ts'
import { Peer } from '../../../protocols/replication/peer.ts'
import { DOCUMENT, hash, limitsWith, makeReplica, messageOf, sentBy } from './parts.ts'

const digestOf = (heads: string[], seq = 1) => messageOf({ kind: 'digest', heads, wants: [] }, { seq })

/** A replica with peers that are level with it. */
function withPeers(ids: readonly string[], options: Parameters<typeof makeReplica>[0] = {}) {
  const made = makeReplica(options)
  const heads = made.document.heads()
  made.replicator.step(
    ids.flatMap((peer) => [
      { kind: 'up', peer, session: 5 } as const,
      { kind: 'message', peer, message: digestOf(heads) } as const,
    ]),
    0,
  )
  return made
}

test('new changes go to all that are level as the same bytes, and what a peer brought not back to it', () => {
  const { document, replicator } = withPeers(['one', 'other'])
  const effects = replicator.step([{ kind: 'committed', changes: [document.set('a', 1)], tell: false }], 10)
  const [first, second] = sentBy(effects)
  assert.ok(first?.kind === 'changes' && second?.kind === 'changes')
  assert.equal(first.changes, second.changes)

  const source = makeReplica().document
  const change = source.set('b', 2)
  const body = {
    kind: 'changes',
    changes: [change.bytes],
    hashes: [change.hash],
    wants: [change.hash],
  } as const
  const event = { kind: 'message', peer: 'one', message: messageOf(body, { seq: 2 }) } as const
  const forwarded = replicator.step([event], 20)
  assert.deepEqual(
    forwarded.map((effect) => [effect.kind, effect.kind === 'send' ? effect.peer : '']),
    [
      ['applied', ''],
      ['send', 'other'],
    ],
  )
  const [sent] = sentBy(forwarded)
  assert.deepEqual(sent?.kind === 'changes' && sent.wants, [change.hash], 'the question goes on')
})

test("a refused change is its sender's alone, also where it comes with others in one turn", () => {
  const { replicator } = withPeers(['good', 'bad'])
  const change = makeReplica().document.set('b', 2)
  const good = { kind: 'changes', changes: [change.bytes], hashes: [change.hash], wants: [] } as const
  const bad = { kind: 'changes', changes: [new Uint8Array(9)], hashes: [hash(1)], wants: [] } as const
  const effects = replicator.step(
    [
      { kind: 'message', peer: 'bad', message: messageOf(bad, { seq: 2 }) },
      { kind: 'message', peer: 'good', message: messageOf(good, { seq: 2 }) },
    ],
    10,
  )
  const refused = effects.filter((effect) => effect.kind === 'refused')
  assert.deepEqual(
    refused.map(({ peer, reason }) => [peer, reason]),
    [['bad', 'change']],
  )
  assert.ok(effects.some((effect) => effect.kind === 'applied' && effect.changes[0]?.hash === change.hash))
})

test('a peer of another version is told so, once, and nothing more is said to it', () => {
  const { document, replicator } = withPeers(['one'])
  const event = { kind: 'message', peer: 'one', message: { version: 2, from: 7 } } as const
  assert.deepEqual(
    replicator.step([event, event], 10).map(({ kind }) => kind),
    ['send', 'refused'],
  )
  const change = { kind: 'committed', changes: [document.set('a', 1)], tell: false } as const
  assert.deepEqual(replicator.step([change, event], 1e9), [])
  assert.equal(replicator.dueMs, Number.POSITIVE_INFINITY)
})

test('a peer that refuses is left alone, one too many is not taken, and what is too large is told', () => {
  const { replicator } = withPeers(['one'], { limits: { peers: 1 } })
  const refuse = messageOf({ kind: 'refuse', reason: 'no' }, { seq: 0 })
  const effects = replicator.step(
    [
      { kind: 'up', peer: 'two', session: 5 },
      { kind: 'message', peer: 'one', message: refuse },
    ],
    10,
  )
  assert.deepEqual(
    effects.map((effect) => effect.kind === 'refused' && effect.reason),
    ['too-many-peers', 'refused-by-peer'],
  )
  const small = makeReplica({ limits: { messageBytes: 100 } })
  const opening = small.replicator.step([{ kind: 'up', peer: 'one', session: 5 }], 0)
  assert.ok(opening.some((effect) => effect.kind === 'refused' && effect.reason === 'too-large'))
})

test('to a peer without credit nothing is sent until it is back, and then it catches up', () => {
  const { document, replicator } = withPeers(['one'], { limits: { creditMessages: 4, batchChanges: 1 } })
  const changes = Array.from({ length: 100 }, (_, index) => document.set('a', index))
  const sent = sentBy(replicator.step([{ kind: 'committed', changes, tell: false }], 1_000))
  assert.ok(sent.length <= 4, `${sent.length} messages`)
  const ack = messageOf({ kind: 'ack' }, { seq: 0, ack: sent.at(-1)?.seq ?? 0 })
  const after = sentBy(replicator.step([{ kind: 'message', peer: 'one', message: ack }], 1_500))
  assert.deepEqual(
    after.map(({ kind }) => kind),
    ['sync'],
  )
})

test('a keeper tells when a change is stored; a change that is not tracked any more is told as well', () => {
  const stored = new Set<string>()
  const keeper = withPeers(['one'], { isStored: (change) => stored.has(change) })
  const change = keeper.document.set('a', 1)
  keeper.replicator.step([{ kind: 'committed', changes: [change], tell: true }], 10)
  assert.equal(keeper.replicator.unkept, 1)
  const ask = messageOf({ kind: 'digest', heads: [], wants: [change.hash] }, { seq: 2 })
  keeper.replicator.step([{ kind: 'message', peer: 'one', message: ask }], 20)
  stored.add(change.hash)
  const effects = keeper.replicator.step([{ kind: 'stored', hashes: [change.hash] }], 30)
  assert.deepEqual(effects[0], { kind: 'kept', hashes: [change.hash] })
  assert.ok(sentBy(effects).some(({ kind }) => kind === 'stored'))

  const small = makeReplica({ limits: { trackedHashes: 1 } })
  const two = [small.document.set('a', 1), small.document.set('a', 2)]
  const given = small.replicator.step([{ kind: 'committed', changes: two, tell: true }], 0)
  assert.deepEqual(given, [{ kind: 'untracked', hashes: [two[0]?.hash] }])
})

test('what is asked for is answered, also with nothing', () => {
  const { document, replicator } = withPeers(['one'])
  const change = document.set('a', 1)
  const ask = (hashes: string[], seq: number) =>
    sentBy(
      replicator.step(
        [{ kind: 'message', peer: 'one', message: messageOf({ kind: 'ask', hashes }, { seq }) }],
        10,
      ),
    )
  const answers = [...ask([change.hash], 2), ...ask([hash(1)], 3)].filter(({ kind }) => kind === 'changes')
  assert.deepEqual(
    answers.map((answer) => answer.kind === 'changes' && answer.hashes),
    [[change.hash], []],
  )
})

test("an error that is not the sender's fault is not hidden", () => {
  const broken = new Error('the engine is lost')
  const { document } = makeReplica()
  for (const method of ['receive', 'receiveSync'] as const)
    document[method] = () => {
      throw broken
    }
  const { replicator } = makeReplica({ replica: document })
  const bodies = [
    { kind: 'changes', changes: [new Uint8Array(1)], hashes: [hash(1)], wants: [] },
    { kind: 'sync', round: 9, data: new Uint8Array(1), heads: [], lacks: false },
  ] as const
  replicator.step([{ kind: 'up', peer: 'one', session: 5 }], 0)
  for (const [index, body] of bodies.entries()) {
    const message = messageOf(body, { seq: index + 1 })
    assert.throws(() => replicator.step([{ kind: 'message', peer: 'one', message }], 0), broken)
  }
})

test('a message for, or of, an earlier session is not heard, and a new session begins with all credit', () => {
  const { document } = makeReplica()
  const options = {
    id: 'one',
    session: 5,
    document: DOCUMENT,
    replica: document,
    limits: limitsWith(),
    random: () => 0,
  }
  const peer = new Peer(options, 0)
  assert.equal(peer.admit(digestOf([]), 0), true)
  assert.equal(peer.admit(messageOf({ kind: 'ask', hashes: [] }, { seq: 2, to: 4 }), 0), false)
  assert.equal(peer.admit(messageOf({ kind: 'ask', hashes: [] }, { seq: 2, from: 6 }), 0), false)
  peer.frame({ kind: 'ask', hashes: [] }, 0)
  assert.equal(peer.credit.idle, false)
  assert.equal(peer.admit(messageOf({ kind: 'ask', hashes: [] }, { seq: 1, from: 8 }), 0), true)
  assert.equal(peer.credit.idle, true)
})

test('missing dependencies begin a round, and rounds that bring nothing become rarer', () => {
  const catchUp = new CatchUp(makeReplica().document, limitsWith({ roundPauseMs: 100, roundPauseMaxMs: 300 }))
  catchUp.brought(true, true, 0)
  assert.equal(catchUp.dueMs, 0)
  const pauses = [1, 2, 3].map(() => {
    catchUp.start(0)
    catchUp.want(0)
    return catchUp.dueMs
  })
  assert.deepEqual(pauses, [200, 300, 300])
})

test('a round that missed a message is answered no further, and another one begins', () => {
  const catchUp = new CatchUp(makeReplica().document, limitsWith({ roundPauseMs: 100 }))
  const other = makeReplica().document
  other.set('a', 1)
  const state = other.newSync()
  const told = (round: number) => {
    const data = other.generateSync(state) ?? other.generateSync(other.newSync())
    assert.ok(data !== null)
    const body = { kind: 'sync', round, data, heads: other.heads(), lacks: false } as const
    catchUp.receive(messageOf(body) as MessageOf<'sync'>, 1_000)
  }
  told(1)
  assert.ok(catchUp.replyDue)
  catchUp.reply()
  told(1)
  assert.ok(catchUp.replyDue, 'it still lacks something')
  assert.equal(catchUp.dueMs, Number.POSITIVE_INFINITY)
  catchUp.reply()
  catchUp.missed(1_000)
  told(1)
  assert.ok(!catchUp.replyDue)
  assert.equal(catchUp.dueMs, 1_100)
  told(0)
  assert.equal(catchUp.dueMs, 1_100)
})

test('who asked for changes asks on for what they depend on, back to what can be applied', () => {
  const { document, replicator } = withPeers(['one'])
  const source = makeReplica().document
  const chain = [source.set('a', 1), source.set('a', 2), source.set('a', 3), source.set('a', 4)]
  const data = source.generateSync(source.newSync())
  assert.ok(data !== null)
  const body = { kind: 'sync', round: 9, data, heads: source.heads(), lacks: false } as const
  const receiveSync = document.receiveSync.bind(document)
  document.receiveSync = (state, message) => {
    receiveSync(state, message)
    return document.receive([(chain[3] as Change).bytes])
  }
  const asks: string[] = []
  let message: Message = messageOf(body, { seq: 2 })
  for (let seq = 3; ; seq++) {
    const effects = replicator.step([{ kind: 'message', peer: 'one', message }], seq)
    const ask = sentBy(effects).find(({ kind }) => kind === 'ask')
    if (ask?.kind !== 'ask') break
    const change = chain.find(({ hash }) => hash === ask.hashes[0]) as Change
    asks.push(change.hash)
    const answer = { kind: 'changes', changes: [change.bytes], hashes: [change.hash], wants: [] } as const
    message = messageOf(answer, { seq })
  }
  assert.deepEqual(asks, [chain[2]?.hash, chain[1]?.hash, chain[0]?.hash])
  assert.ok(document.has((chain[0] as Change).hash))
})
