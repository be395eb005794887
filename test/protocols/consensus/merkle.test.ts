import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode } from '../../../protocols/consensus/codec/bytes.ts'
import {
  type MerkleProof,
  MerkleTree,
  readMerkleProof,
  verifyMerkleProof,
  writeMerkleProof,
} from '../../../protocols/consensus/merkle.ts'
import { crypto } from './sample-chain.ts'

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => new Uint8Array([i >> 8, i]))
const shows = (root: string, leaf: Uint8Array, proof: MerkleProof) =>
  verifyMerkleProof(root, leaf, proof, crypto)

test('every leaf of every small tree proves, at its own place and no other', () => {
  for (let count = 1; count <= 33; count++) {
    const leaves = leavesOf(count)
    const tree = new MerkleTree(leaves, crypto)
    for (const [index, leaf] of leaves.entries()) {
      const proof = tree.prove(index)
      assert.deepEqual(decode(encode(proof, writeMerkleProof), readMerkleProof), proof)
      assert.ok(shows(tree.root, leaf, proof), `${index} of ${count}`)
      for (let other = 0; other < count; other++)
        if (other !== index)
          assert.ok(
            !shows(tree.root, leaves[other]!, proof) && !shows(tree.root, leaf, { ...proof, index: other }),
          )
      for (const wrong of [count - 1, count + 1, 2 * count])
        assert.ok(!shows(tree.root, leaf, { ...proof, count: wrong }))
    }
  }
})

test('trees of a different number of leaves have different roots, an empty one too', () => {
  const roots = Array.from(
    { length: 20 },
    (_, count) =>
      new MerkleTree(
        Array.from({ length: count }, () => new Uint8Array(1)),
        crypto,
      ).root,
  )
  assert.equal(new Set(roots).size, roots.length)
})

test('a node does not pass for a leaf', () => {
  const leaves = leavesOf(4)
  const { root, ...tree } = {
    root: new MerkleTree(leaves, crypto).root,
    left: new MerkleTree(leaves, crypto).prove(2).path[1]!,
    right: new MerkleTree(leaves, crypto).prove(0).path[1]!,
  }
  const node = Buffer.from(tree.left + tree.right, 'hex')
  assert.ok(!shows(root, node, { index: 0, count: 1, path: [] }))
})

test('no proof in which anything is changed shows the leaf', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 70 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (leaves, at, where, change) => {
        const index = at % leaves.length
        const tree = new MerkleTree(leaves, crypto)
        const bytes = encode(tree.prove(index), writeMerkleProof)
        assert.ok(shows(tree.root, leaves[index]!, decode(bytes, readMerkleProof)))
        bytes[where % bytes.length]! ^= change
        let proof: MerkleProof
        try {
          proof = decode(bytes, readMerkleProof)
        } catch {
          return
        }
        assert.ok(!shows(tree.root, leaves[index]!, proof))
      },
    ),
  )
})

test('numbers that are none show nothing', () => {
  const tree = new MerkleTree(leavesOf(1), crypto)
  for (const proof of [
    { index: -1, count: 1, path: [] },
    { index: 0.5, count: 1, path: [] },
    { index: 0, count: Number.NaN, path: [] },
    { index: 0, count: 2 ** 40, path: [] },
    { index: 0, count: 1, path: [tree.root] },
  ])
    assert.ok(!shows(tree.root, leavesOf(1)[0]!, proof))
})
