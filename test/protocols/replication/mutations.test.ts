import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Replicator } from '../../../protocols/replication/replicator.ts'
import { simulate } from './simulation/simulation.ts'

/** A rule of replication, and how to break it. */
interface Mutation {
  readonly rule: string
  readonly file: string
  readonly from: string
  readonly to: string
}

/** The rarest needs some hundred seeds until it shows; what is rarer has a test of its own beside its source. */
const MOST_SEEDS = 1_000
const SOURCE = fileURLToPath(new URL('../../../protocols/replication/', import.meta.url))

const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'what a peer brought goes on to the others',
    file: 'turn.ts',
    from: 'for (const { hash, bytes } of changes) this.news.push({ hash, bytes, from: from(hash) })',
    to: 'void from',
  },
  {
    rule: 'a number left out is a message lost',
    file: 'peer.ts',
    from: "if (place === 'gap') this.catchUp.missed(nowMs)",
    to: '',
  },
  {
    rule: 'each round has a sync state of its own',
    file: 'catch-up.ts',
    from: 'this.#sync = this.#document.newSync(this.#sync)',
    to: 'this.#sync ??= this.#document.newSync()',
  },
  {
    rule: 'who speaks of an earlier round is told of the newest',
    file: 'catch-up.ts',
    from: 'if (message.round < this.#round) {\n      this.want(nowMs)',
    to: 'if (message.round < this.#round) {',
  },
  {
    rule: 'what is not acknowledged in time is lost',
    file: 'replicator.ts',
    from: 'catchUp.lost(nowMs)',
    to: '',
  },
  {
    rule: 'who has no credit is behind',
    file: 'replicator.ts',
    from: 'peer.catchUp.live = false\n        peer.catchUp.want(turn.nowMs)',
    to: '',
  },
  {
    rule: 'heads are compared now and then',
    file: 'replicator.ts',
    from: 'turn.send(peer, this.#ownDigest(peer))\n      antiEntropy.rest(nowMs)',
    to: 'antiEntropy.rest(nowMs)',
  },
  {
    rule: 'digests become rarer',
    file: 'anti-entropy.ts',
    from: 'this.#intervalMs * 2, this.#limits.digestMaxMs',
    to: 'this.#intervalMs, this.#limits.digestMaxMs',
  },
  {
    rule: 'only what is stored is said to be kept',
    file: 'replicator.ts',
    from: 'this.#tellStored(hashes.filter(isStored), turn)',
    to: 'this.#tellStored(hashes, turn)',
  },
]

let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuroplex-mutations-'))
})

after(() => rm(folder, { recursive: true }))

for (const [index, mutation] of MUTATIONS.entries())
  test(`a simulation notices where it is not so that ${mutation.rule}`, async () => {
    const replicator = await mutate(mutation, join(folder, `${index}`))
    let seed = 0
    while (seed < MOST_SEEDS && holds(seed, replicator)) seed++
    assert.ok(seed < MOST_SEEDS, `${MOST_SEEDS} seeds hold without the rule`)
  })

async function mutate({ file, from, to }: Mutation, copy: string): Promise<typeof Replicator> {
  await cp(SOURCE, copy, { recursive: true })
  const path = join(copy, file)
  const source = await readFile(path, 'utf8')
  assert.equal(source.split(from).length, 2, `${file} has to have this once: ${from}`)
  await writeFile(path, source.replace(from, to))
  const module: { Replicator: typeof Replicator } = await import(
    pathToFileURL(join(copy, 'replicator.ts')).href
  )
  return module.Replicator
}

function holds(seed: number, replicator: typeof Replicator): boolean {
  try {
    return simulate(seed, { replicator }).failures.length === 0
  } catch {
    return false
  }
}
