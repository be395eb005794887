import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentFinality } from '../../../../actors/validator/node/finality.ts'
import type { CertifiedBlocks } from '../../../../protocols/consensus/messages.ts'
import { type Block, type Certificate, NO_HASH } from '../../../../protocols/consensus/types.ts'
import { blockOf, ledgerOf } from '../../../protocols/consensus/sample-chain.ts'

const certificate: Certificate = {
  ...{ kind: 'finalize', epoch: 0, view: 1, block: NO_HASH },
  ...{ signers: Uint8Array.of(7), signatures: [] },
}

function run(from: number, count: number): CertifiedBlocks {
  const blocks: Block[] = Array.from({ length: count }, (_, i) =>
    blockOf(ledgerOf(), {}, { height: from + i }),
  )
  return { kind: 'chain', blocks, certificate }
}

test('a block is shown to be final by the headers from it to the certified one', () => {
  const recent = new RecentFinality()
  const blocks = run(1, 3)
  recent.add(blocks)
  const [, second, third] = blocks.blocks as [Block, Block, Block]
  assert.deepEqual(recent.at(2), { headers: [second.header, third.header], certificate })
  assert.deepEqual(recent.at(3), { headers: [third.header], certificate })
  assert.equal(recent.at(4), undefined)
})

test('only the newest are at hand', () => {
  const recent = new RecentFinality()
  for (let height = 1; height <= 1_100; height++) recent.add(run(height, 1))
  assert.equal(recent.at(76), undefined)
  assert.equal(recent.at(77)?.headers[0]?.height, 77)
  assert.equal(recent.at(1_100)?.headers[0]?.height, 1_100)
})
