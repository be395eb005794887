import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode } from '../../../../protocols/consensus/codec/bytes.ts'
import {
  HashTree,
  readTreeProof,
  verifyTreeProof,
  writeTreeProof,
} from '../../../../protocols/consensus/state/hash-tree.ts'
import { crypto } from '../sample-chain.ts'

const keys = fc.integer({ min: 0, max: 60 }).map(String)
const writes = fc.array(fc.tuple(keys, fc.option(fc.uint8Array({ maxLength: 4 }))), { maxLength: 120 })

function treeOf(entries: Iterable<readonly [string, Uint8Array]>): HashTree {
  const tree = new HashTree(crypto)
  for (const [key, value] of entries) tree.set(key, value)
  return tree
}

test('the root follows from the content, whatever came and went before and in which order', () => {
  fc.assert(
    fc.property(writes, fc.func(fc.nat()), (changes, order) => {
      const tree = new HashTree(crypto)
      const model = new Map<string, Uint8Array>()
      for (const [i, [key, value]] of changes.entries()) {
        if (value === null) {
          tree.delete(key)
          model.delete(key)
        } else {
          tree.set(key, value)
          model.set(key, value)
        }
        if (i % 7 === 0) tree.root()
      }
      const shuffled = [...model].sort(([a], [b]) => order(a) - order(b))
      const fresh = treeOf(shuffled)
      assert.equal(tree.root(), fresh.root())
      assert.deepEqual([...tree.entries()], [...fresh.entries()])
      assert.deepEqual(new Map(tree.entries()), model)
      assert.equal(tree.size, model.size)
      for (const [key, value] of model) assert.equal(tree.get(key), value)
    }),
  )
})

test('every key proves its value, and nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(keys, fc.uint8Array({ maxLength: 4 }), { minKeys: 1 }), (content) => {
      const tree = treeOf(Object.entries(content))
      const root = tree.root()
      for (const [key, value] of Object.entries(content)) {
        const proof = decode(encode(tree.prove(key)!, writeTreeProof), readTreeProof)
        assert.ok(verifyTreeProof(root, key, value, proof, crypto))
        assert.ok(!verifyTreeProof(root, key, new Uint8Array([...value, 1]), proof, crypto))
        assert.ok(!verifyTreeProof(root, `${key}!`, value, proof, crypto))
        assert.ok(!verifyTreeProof(root, key, value, { path: [...proof.path, root] }, crypto))
        for (const i of proof.path.keys())
          assert.ok(!verifyTreeProof(root, key, value, { path: proof.path.with(i, root) }, crypto))
      }
      assert.equal(tree.prove('none'), undefined)
    }),
    { numRuns: 40 },
  )
})

test('two different contents have different roots', () => {
  fc.assert(
    fc.property(
      fc.dictionary(keys, fc.uint8Array({ maxLength: 2 }), { noNullPrototype: true, maxKeys: 3 }),
      fc.dictionary(keys, fc.uint8Array({ maxLength: 2 }), { noNullPrototype: true, maxKeys: 3 }),
      (a, b) => {
        let equal = true
        try {
          assert.deepEqual(a, b)
        } catch {
          equal = false
        }
        assert.equal(treeOf(Object.entries(a)).root() === treeOf(Object.entries(b)).root(), equal)
      },
    ),
  )
})

test('a path longer than any key can have shows nothing', () => {
  const path = Array.from({ length: 257 }, () => '0'.repeat(64))
  assert.ok(!verifyTreeProof('0'.repeat(64), 'a', new Uint8Array(0), { path }, crypto))
})
