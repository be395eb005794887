/** Small documents on the raw handle, and edits of all kinds to make on them. */
import fc from 'fast-check'
import { createHandle, type Handle } from '../../../../actors/replica/document/automerge.ts'
import type { Data } from '../../../../actors/replica/document/data.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { put } from '../../../../actors/replica/document/write.ts'
import { type Held, heldIn, type Slot } from '../../../../actors/replica/versions/slots.ts'

/** A document with something of each kind, which is the same wherever it is made. */
export function genesis(actor: string): Handle {
  const first = createHandle('00')
  first.initRootFromHydrate({
    title: 'plan',
    votes: new Counter(3),
    notes: new Text('first words'),
    due: new Date(1_000),
    seal: new Uint8Array([1, 2]),
    tasks: [{ name: 'read' }, 'write', 7],
    owners: { anna: { role: 'lead' }, ben: null },
  })
  first.commit(undefined, 0)
  const handle = first.fork(actor)
  first.free()
  return handle
}

/** Makes one change in the name of an author. */
export function change(
  handle: Handle,
  write: (handle: Handle) => void,
  by = '/user/anna',
  seconds = 1,
): string {
  write(handle)
  return handle.commit(JSON.stringify({ v: 1, by: [[by, null, 1]] }), seconds) as string
}

/** The object at a path. */
export function objectAt(handle: Handle, ...path: (string | number)[]): string {
  return path.reduce<string>((object, prop) => (heldIn(handle, { object, prop }) as Held).op, '_root')
}

/** Something that an edit can do, chosen among what the document has when it is made. */
export interface RandomEdit {
  readonly pick: readonly number[]
  readonly value: unknown
  readonly text: string
  readonly number: number
}

const KEYS = ['a', 'b', 'c']

export const anyScalar: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, -1, 0, 1.5, 'x', ''),
  fc.integer(),
  // A whole number beyond 2^53 is none that a replica writes.
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 3 }),
)

export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyScalar,
    fc.integer({ min: -9, max: 9 }).map((count) => new Counter(count)),
    fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => new Text(text)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

export const anyEdit: fc.Arbitrary<RandomEdit> = fc.record({
  pick: fc.array(fc.nat(1_000), { minLength: 5, maxLength: 5 }),
  value: anyValue,
  text: fc.string({ unit: 'grapheme', maxLength: 5 }),
  number: fc.integer({ min: -5, max: 5 }),
})

/** Makes the edit somewhere in the document. */
export function edit(handle: Handle, { pick, value, text, number }: RandomEdit): void {
  let object = '_root'
  let list = false
  for (const choice of pick) {
    const slot = choose(handle, object, list, choice)
    const held = heldIn(handle, slot)
    if (held?.kind === 'counter' && choice % 2 === 0) return handle.increment(object, slot.prop, number)
    if (held?.kind === 'text' && choice % 3 !== 0)
      return handle.updateText(held.op, splice(handle, held.op, choice, text))
    if (held && (held.kind === 'map' || held.kind === 'list') && choice % 5 !== 0) {
      object = held.op
      list = held.kind === 'list'
      continue
    }
    if (held && choice % 3 === 1) return handle.delete(object, slot.prop)
    if (list && (!held || choice % 3 === 2))
      return handle.spliceFromHydrate(object, Number(slot.prop), 0, [value])
    return put(handle, slot.object, slot.prop, value as Data)
  }
}

function choose(handle: Handle, object: string, list: boolean, choice: number): Slot {
  if (list) return { object, prop: choice % (handle.length(object) + 1) }
  const keys = [...new Set([...handle.keys(object), ...KEYS])].sort()
  return { object, prop: keys[choice % keys.length] as string }
}

function splice(handle: Handle, object: string, choice: number, text: string): string {
  const characters = [...handle.text(object)]
  characters.splice(choice % (characters.length + 1), choice % 4, text)
  return characters.join('')
}
