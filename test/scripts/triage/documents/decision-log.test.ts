import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type LogEntry,
  lettersIn,
  readEntry,
  writeEntry,
} from '../../../../scripts/triage/documents/decision-log.ts'

const ENTRIES: LogEntry[] = [
  {
    index: 0,
    ending: {
      kind: 'decided',
      how: 'judged',
      decision: {
        spam: true,
        probability: 0.987_654_321,
        opinions: { words: 3.25, headers: -1e-9, meaning: undefined },
      },
      final: { height: 12, index: 0, ms: 31.4 },
    },
  },
  {
    index: 20,
    ending: {
      kind: 'decided',
      how: 'spot-check',
      decision: { spam: false, probability: 0, opinions: { words: 0, headers: -8, meaning: 8 } },
    },
  },
  { index: 21, ending: { kind: 'refused', reason: 'MAIL_EMPTY: The file is empty.' } },
  { index: 22, ending: { kind: 'set-aside', reason: 'half a character: \ud800 "]' } },
  {
    index: 23,
    ending: { kind: 'set-aside', reason: 'its parser fell', final: { height: 13, index: 2, ms: 8 } },
  },
]

test('entries are read as they were written', () => {
  for (const entry of ENTRIES) assert.deepEqual(readEntry(writeEntry(entry)), entry)
})

test('an entry is text that a document takes, whatever a stranger put into the reason', () => {
  for (const entry of ENTRIES) assert.ok(writeEntry(entry).isWellFormed())
})

test('the letters of some entries', () => {
  assert.deepEqual([...lettersIn(ENTRIES.map(writeEntry))], [0, 20, 21, 22, 23])
})
