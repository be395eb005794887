import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { nodeVersionProblem, OLDEST_NODE } from '../../runtime/node-version.ts'

describe('the check of the Node version', () => {
  test('lets the oldest supported version and newer ones pass', () => {
    assert.equal(nodeVersionProblem(`${OLDEST_NODE}.0.0`), undefined)
    assert.equal(nodeVersionProblem(process.versions.node), undefined)
    assert.equal(nodeVersionProblem('100.1.2'), undefined)
  })

  test('says what an older one needs, in one line', () => {
    const problem = nodeVersionProblem('20.20.2')
    assert.match(
      problem ?? '',
      /^neuroplex needs Node\.js 24 or newer, but this is Node\.js 20\.20\.2: .+\.$/,
    )
  })

  test('agrees with package.json', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    assert.equal(engines.node, `>=${OLDEST_NODE}`)
  })
})
