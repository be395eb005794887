/** One of two epochs of which one begins with a version of the other: how to say in it what the other has. */
import { createHash } from 'node:crypto'
import { splitOp } from '../document/operation-id.ts'
import { ACTIONS, type ChangeContent, decode, encode } from './change-codec.ts'
import type { Order } from './order.ts'
import { messageOf } from './provenance.ts'
import { type Direction, Pairs, type Rewritten, rewrite } from './translation.ts'

export interface Named {
  readonly hash: string
  readonly bytes: Uint8Array
  readonly content: ChangeContent
}

export interface ShoreOptions {
  /** Tells the actors of changes that are made here of others from all else. */
  readonly name: string
  /** The newest changes of what both have in common, as it is here, and the number of their last operation. */
  readonly base: readonly string[]
  readonly baseEnd: number
  /** Whether a change here is of what both have in common. */
  isCommon(hash: string): boolean
  /** Of each actor there the number of its last change that both have in common. */
  readonly clock: ReadonlyMap<string, number>
  /** From there to here. */
  readonly side: Direction['side']
  /** Of lists here in which something had been moved. */
  readonly order: Order
}

/** A change as it would be here, before it is entered. */
export interface Draft {
  readonly source: Named
  readonly made: Named
  readonly rewritten: Rewritten
}

export class Shore {
  readonly base: readonly string[]
  /** Changes here by the hashes of what they are there. */
  readonly counterparts = new Map<string, Named>()
  readonly #options: ShoreOptions
  #order: Order
  readonly #pairs = new Pairs()
  /** Changes that were made here of others, all of which were made upon what both have in common. */
  readonly #drafted = new Set<string>()

  constructor(options: ShoreOptions) {
    this.#options = options
    this.base = options.base
    this.#order = options.order
  }

  isCommon(hash: string): boolean {
    return this.#options.isCommon(hash)
  }

  /** Makes of a change there what it is here; undefined where it was made upon what is not known here. */
  draft(source: Named, there: Shore): Draft | undefined {
    const { name, clock, side, baseEnd } = this.#options
    const { actor, seq, time, message, deps } = source.content
    const own = new Map<string, Named>()
    for (const dep of deps) {
      const counterpart = this.counterparts.get(dep)
      if (counterpart !== undefined) own.set(counterpart.hash, counterpart)
      else if (!there.isCommon(dep)) return undefined
    }
    const ends = [...own.values()].map(({ content }) => endOf(content))
    const startOp = Math.max(baseEnd, ...ends) + 1
    const maker = createHash('sha256').update(`${name} ${actor}`).digest('hex').slice(0, 32)
    const direction = {
      ...{ side, pairs: this.#pairs, order: there.#order.with(source.content) },
      knows: this.#knowledge(own.values(), there),
    }
    const rewritten = rewrite(source.content, direction, { actor: maker, startOp })
    const content = {
      ...{ actor: maker, seq: seq - (clock.get(actor) ?? 0), startOp, time },
      message: messageOf(message, source.bytes),
      deps: this.#upon([...own.keys()]),
      operations: rewritten.operations,
    }
    return { source, made: { ...encode(content), content }, rewritten }
  }

  /** Whether a change there that is made upon some here knew of an operation there, beyond the version. */
  #knowledge(own: Iterable<Named>, there: Shore): (id: string) => boolean {
    let ends: Map<string, number> | undefined
    return (id) => {
      ends ??= this.#endsOf(own, there)
      const [number, actor] = splitOp(id)
      return number <= (ends.get(actor) ?? 0)
    }
  }

  /** Of each actor there the last operation that is, as a change here, among what some came after. */
  #endsOf(own: Iterable<Named>, there: Shore): Map<string, number> {
    const ends = new Map<string, number>()
    const seen = new Set<string>()
    const open = [...own]
    for (let made = open.pop(); made !== undefined; made = open.pop()) {
      if (seen.has(made.hash)) continue
      seen.add(made.hash)
      const source = there.counterparts.get(made.hash) as Named
      const { actor, deps } = source.content
      ends.set(actor, Math.max(ends.get(actor) ?? 0, endOf(source.content)))
      for (const dep of deps) {
        const before = this.counterparts.get(dep)
        if (before !== undefined) open.push(before)
      }
    }
    return ends
  }

  /** What was made there knew of the version, which is not so of all that it was made upon, as it is here. */
  #upon(hashes: readonly string[]): string[] {
    const knows = hashes.some((hash) => this.#drafted.has(hash))
    return [...new Set([...hashes, ...(knows ? [] : this.base)])].sort()
  }

  /** From now on the two changes are the same one. */
  enter({ source, made, rewritten }: Draft, there: Shore): void {
    this.#drafted.add(made.hash)
    this.#order = this.#order.with(made.content)
    there.#order = there.#order.with(source.content)
    this.counterparts.set(source.hash, made)
    there.counterparts.set(made.hash, source)
    this.#pairs.take(rewritten.pairs)
    for (const [at, origin] of rewritten.origins.entries()) {
      const operation = source.content.operations[origin] as (typeof source.content.operations)[number]
      if (operation.action === ACTIONS.delete || operation.action === ACTIONS.increment) continue
      const [own, theirs] = [idOf(made.content, at), idOf(source.content, origin)]
      const { values, elements } = there.#pairs
      if (rewritten.operations[at]?.action === ACTIONS.delete) continue
      values.set(own, theirs)
      if (rewritten.operations[at]?.insert)
        elements.set(own, operation.insert ? theirs : (operation.element as string))
    }
  }
}

/** Reads a change. The engine may give it deflated; here its bytes are always the same. */
export function named(bytes: Uint8Array): Named {
  const content = decode(bytes)
  return { ...encode(content), content }
}

function idOf({ startOp, actor }: ChangeContent, at: number): string {
  return `${startOp + at}@${actor}`
}

function endOf({ startOp, operations }: ChangeContent): number {
  return startOp + operations.length - 1
}
