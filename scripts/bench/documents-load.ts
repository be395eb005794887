/** The work on documents, the same for all who do it. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { seededRandom } from '../../actors/agent/models/random.ts'

/** One edit of an agent. */
export type MixedEdit =
  | { readonly kind: 'field'; readonly key: string; readonly value: string }
  | { readonly kind: 'counter'; readonly key: string }
  | { readonly kind: 'append'; readonly value: string }

export interface MixedSizes {
  readonly edits: number
  readonly fields: number
  readonly counters: number
}

/** 70 % of the edits set a field, 20 % count, 10 % append to a list. */
export function mixedEdits({ edits, fields, counters }: MixedSizes): MixedEdit[] {
  const random = seededRandom(7)
  return Array.from({ length: edits }, (_, i): MixedEdit => {
    const chance = random()
    if (chance < 0.7) return { kind: 'field', key: fieldName(random() * fields), value: `value ${i}` }
    if (chance < 0.9) return { kind: 'counter', key: `c${Math.floor(random() * counters)}` }
    return { kind: 'append', value: `entry ${i}` }
  })
}

export function fieldName(index: number): string {
  return `f${Math.floor(index)}`
}

/** Edits of a text: at a place, remove so many characters, insert these. */
export type TextEdit = readonly [at: number, remove: number, insert: string]

/** The trace in the file that NEUROPLEX_TRACE names, or one with the same mix of edits. */
export function textEdits(count: number): TextEdit[] {
  const file = process.env.NEUROPLEX_TRACE
  return file === undefined ? typed(count) : recorded(file).slice(0, count)
}

function recorded(file: string): TextEdit[] {
  const raw = readFileSync(file)
  const text = file.endsWith('.gz') ? gunzipSync(raw) : raw
  const { txns } = JSON.parse(text.toString()) as { txns: { patches: TextEdit[] }[] }
  return txns.flatMap(({ patches }) => patches)
}

/** Characters are typed one after the other at a place that jumps now and then; a third as many are deleted. */
function typed(count: number): TextEdit[] {
  const random = seededRandom(11)
  const edits: TextEdit[] = []
  let length = 0
  let place = 0
  while (edits.length < count) {
    if (random() < 0.02) place = Math.floor(random() * (length + 1))
    if (place > 0 && random() < 0.3) {
      edits.push([--place, 1, ''])
      length--
    } else {
      edits.push([place++, 0, String.fromCharCode(97 + Math.floor(random() * 26))])
      length++
    }
  }
  return edits
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number
}
