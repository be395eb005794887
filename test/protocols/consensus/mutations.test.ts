/** Each guard of consensus is taken away or weakened, one at a time: the seeds have to find it. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { simulate } from './simulator/simulation.ts'

interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

interface Mutation {
  /** The guard, by what it holds. */
  readonly guard: string
  readonly edits: readonly Edit[]
  /** What is violated without it: another failure shows something else. */
  readonly finds: RegExp
}

/** Each is found within a third of these; seeds fall otherwise when the simulation is changed. */
const MOST_SEEDS = 300
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SIMULATOR = 'test/protocols/consensus/simulator'

const MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a quorum has more than two thirds of the stake',
    edits: [{ file: 'quorum.ts', from: '3 * signed > 2 * total', to: '2 * signed > total' }],
    finds: /S5/,
  },
  {
    guard: 'a quorum is counted by stake, not by heads',
    edits: [
      {
        file: 'simplex/vote-table.ts',
        from: 'return this.#set.members[signer]!.stake',
        to: 'return this.#set.totalStake / this.#set.members.length + 0 * signer',
      },
    ],
    finds: /S5/,
  },
  {
    guard: 'one block is notarized in a view',
    edits: [
      { file: 'simplex/guards.ts', from: 'own.notarize === undefined && !own.nullify', to: '!own.nullify' },
    ],
    finds: /S6: .* voted notarize and notarize/,
  },
  {
    guard: 'what is nullified is not finalized',
    edits: [
      {
        file: 'simplex/guards.ts',
        from: 'own.finalize === undefined && !own.nullify',
        to: 'own.finalize === undefined',
      },
      {
        file: 'simplex/simplex.ts',
        from: 'if (!views.isNullified(view)) this.#ballot.cast',
        to: 'this.#ballot.cast',
      },
    ],
    finds: /S6: .* voted nullify and finalize/,
  },
  {
    // The certificate moves a validator on before it could nullify, so the guard bites where that is lost as well.
    guard: 'what is finalized is not nullified, not even after a crash that lost the certificate',
    edits: [
      { file: 'simplex/guards.ts', from: '!own.nullify && own.finalize === undefined', to: '!own.nullify' },
      {
        file: 'simplex/ballot.ts',
        from: '[...this.#justification(), ...records,',
        to: '[...this.#justification().slice(0, 0), ...records,',
      },
    ],
    finds: /S6: .* voted finalize and nullify/,
  },
  {
    guard: 'each view between a block and its parent is nullified',
    edits: [
      { file: 'simplex/guards.ts', from: 'if (!isNullified(view)) return false', to: 'isNullified(view)' },
    ],
    finds: /S3: .* passes over a view/,
  },
  {
    guard: 'a vote counts in its epoch alone',
    edits: [
      {
        file: 'simplex/standing.ts',
        from: 'return epoch === this.epoch.set.epoch && view > 0',
        to: 'return epoch >= 0 && view > 0',
      },
      { file: 'validator.ts', from: 'epoch !== undefined && epoch !== this.epoch.set.epoch', to: 'false' },
    ],
    finds: /S5/,
  },
  {
    guard: 'the signatures of votes are checked',
    edits: [
      {
        file: 'simplex/votes.ts',
        from: 'table.checked(vote, valid[i] === true)',
        to: 'table.checked(vote, true)',
      },
    ],
    finds: /S5/,
  },
  {
    guard: 'the signatures of certificates are checked',
    edits: [
      {
        file: 'simplex/certificates.ts',
        from: "if (!valid.every(Boolean)) context.invalid(from, 'a certificate with an invalid signature')",
        to: 'if (from === undefined) context.invalid(from, String(valid))',
      },
    ],
    finds: /S5/,
  },
  {
    guard: 'certified blocks are what was certified',
    edits: [
      {
        file: 'validator/catch-up.ts',
        from: 'if (!news.every((block) => chain.isWhole(block))) return',
        to: '',
      },
    ],
    finds: /S4: .* other transactions/,
  },
  {
    guard: 'votes are durable before they are sent',
    edits: [{ file: 'outbox.ts', from: 'this.#persisted.set(token, then)', to: 'then()' }],
    finds: /S6: .* not durable/,
  },
  {
    guard: 'a restarted validator stands by its votes',
    edits: [
      {
        file: 'simplex/ballot.ts',
        from: "if (record.kind === 'vote') this.#recallVote(record.vote)",
        to: 'void record',
      },
    ],
    finds: /S6: .* voted/,
  },
  {
    guard: 'a header shows the state that there is',
    edits: [
      {
        file: 'simplex/proposal.ts',
        from: "if (chain.rootAt(header.stateHeight) !== header.stateRoot) return 'it shows another state'",
        to: '',
      },
    ],
    finds: /S11/,
  },
  {
    guard: 'the next validators are those of the state',
    edits: [
      {
        file: 'simplex/proposal.ts',
        from: "return header.nextValidators === next ? undefined : 'it names other next validators'",
        to: 'void next\n  return undefined',
      },
    ],
    finds: /S8: .* names validators/,
  },
  {
    guard: 'less than a third of the power moves in an epoch',
    edits: [
      {
        file: 'epoch.ts',
        from: 'Math.min(budget, stake - (stakes.get(key) ?? 0))',
        to: 'stake - (stakes.get(key) ?? 0)',
      },
    ],
    finds: /a third moves/,
  },
  {
    guard: 'a block after the last of an epoch belongs to the next',
    edits: [
      { file: 'simplex/proposer.ts', from: 'tip.height >= epoch.last || ', to: '' },
      {
        file: 'simplex/proposal.ts',
        from: "if (header.height > epoch.last) return 'the epoch is over'",
        to: '',
      },
    ],
    finds: /S8: .* votes in epoch/,
  },
  {
    guard: 'patience grows, a late vote is sent again',
    edits: [
      {
        file: 'simplex/simplex.ts',
        from: "for (const vote of views.at(this.view).ownSent) context.outbox.send('all', { kind: 'vote', vote })",
        to: '',
      },
      { file: 'simplex/simplex.ts', from: "    this.#viewSync.tellStatus('all')\n", to: '' },
    ],
    finds: /L1/,
  },
]

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuroplex-mutants-'))
})
after(() => rm(folder, { recursive: true }))

for (const [index, { guard, edits, finds }] of MUTATIONS.entries())
  test(`the seeds find out when this does not hold: ${guard}`, async () => {
    const mutant = await load(join(folder, `${index}`), edits)
    const seeds = Array.from({ length: MOST_SEEDS }, (_, seed) => seed)
    const found = seeds.find((seed) => mutant(seed).failures.some((failure) => finds.test(failure)))
    assert.notEqual(found, undefined, `no seed of ${MOST_SEEDS} shows it`)
  })

async function load(root: string, edits: readonly Edit[]): Promise<typeof simulate> {
  await cp(join(ROOT, 'protocols'), join(root, 'protocols'), { recursive: true })
  await cp(join(ROOT, SIMULATOR), join(root, SIMULATOR), { recursive: true })
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  for (const { file, from, to } of edits) {
    const path = join(root, 'protocols/consensus', file)
    const source = await readFile(path, 'utf8')
    assert.equal(source.split(from).length, 2, `${file} has this once: ${from}`)
    await writeFile(
      path,
      source.replace(from, () => to),
    )
  }
  const module = await import(pathToFileURL(join(root, SIMULATOR, 'simulation.ts')).href)
  return module.simulate
}
