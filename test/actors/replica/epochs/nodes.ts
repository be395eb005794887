/** Nodes that share a document, as far as its epochs are concerned: without actors, messages and time. */
import assert from 'node:assert/strict'
import { Document } from '../../../../actors/replica/document/document.ts'
import { Counter } from '../../../../actors/replica/document/values.ts'
import { Crossing } from '../../../../actors/replica/epochs/crossing.ts'
import { historyFor, Passage } from '../../../../actors/replica/epochs/passage.ts'
import { decide, follow, type Lineage, trimmed } from '../../../../protocols/replication/epochs/lineage.ts'

export interface Shared {
  total: Counter
  mine: Record<string, number>
  list: string[]
}

const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
const BY = { author: '/user/agent-1' }
const REMEMBERED = 8
let actors = 0

function nextActor(): string {
  return (++actors).toString(16).padStart(8, '0')
}

function load(saved: Uint8Array): Document<Shared> {
  return Document.load<Shared>({ ...OPTIONS, actor: nextActor() }, [saved])
}

/** What comes of work that is done in steps. */
function ended<R>(steps: Generator<undefined, R>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value
}

export class Node {
  readonly name: string
  document: Document<Shared>
  lineage: Lineage
  readonly past = new Map<string, Uint8Array>()
  edits = 0

  constructor(name: string) {
    this.name = name
    const initial = { total: new Counter(0), mine: {}, list: [] }
    this.document = Document.create<Shared>({ ...OPTIONS, actor: nextActor(), initial })
    this.lineage = [{ number: 0, hash: this.document.first, heads: [] }]
  }

  edit(place: number, takes: boolean): void {
    const value = ++this.edits
    this.document.edit((draft) => {
      draft.total.increment(value)
      draft.mine[this.name] = value
      draft.list.splice(place % (draft.list.length + 1), 0, `${this.name}-${value}`)
      // What is taken out again is one's own, so that nobody else can have taken it.
      const own = takes ? draft.list.findIndex((each) => each.startsWith(`${this.name}-`)) : -1
      if (own >= 0) draft.list[own] = `${this.name}-${value} again`
    }, BY)
    this.document.commit(0)
  }

  rollOver(): void {
    const { heads } = this.document
    const crossing = new Crossing(this.document, heads)
    this.past.set(this.document.first, this.document.save())
    const epoch = { number: this.document.epoch + 1, hash: crossing.hash, heads: [...heads].sort() }
    this.lineage = trimmed([...this.lineage, epoch], REMEMBERED)
    this.document = load(crossing.saved)
  }

  /** A crash: what was stored is there, with another actor. */
  restart(): void {
    this.document = load(this.document.save())
  }

  /** All of an epoch that is remembered. */
  epoch(hash: string): Uint8Array {
    return hash === this.document.first ? this.document.save() : (this.past.get(hash) as Uint8Array)
  }

  /** Brings both together, by all that would be said. */
  meet(other: Node): void {
    const decision = decide(this.lineage, other.lineage)
    if (decision.kind === 'ahead') return other.meet(this)
    assert.notEqual(decision.kind, 'apart')
    if (decision.kind === 'follow') {
      const { route } = decision
      const own = [route.common, ...route.back].map(({ hash }) => this.epoch(hash))
      const passage = new Passage({ ...OPTIONS, route, own, allows: () => true })
      for (let need = passage.need; need !== null; need = passage.need) {
        const theirs = load(other.epoch(need.epoch))
        assert.ok(passage.take(historyFor(theirs, new Map(need.clock), { changes: 3, bytes: 1_000 })) > 0)
      }
      const { saved, past, refused } = ended(passage.finish(this.document))
      assert.equal(refused, 0)
      for (const { hash, bytes } of past) this.past.set(hash, bytes)
      this.document = load(saved)
      this.lineage = follow(this.lineage, route, REMEMBERED)
      passage.free()
      assert.equal(this.document.first, this.lineage.at(-1)?.hash)
    }
    this.document.receive(other.document.changesSince(this.document.heads))
    other.document.receive(this.document.changesSince(other.document.heads))
    assert.deepEqual(this.document.heads, other.document.heads)
  }
}
