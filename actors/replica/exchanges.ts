/** With whom this replica actor exchanges which documents: replicas of its node, and keepers of others. */
import type { OpenDocument } from './open-document.ts'
import type { DocumentTable } from './table.ts'

interface Partner {
  /** It is of another process, and what it sends is looked at more closely. */
  readonly stranger: boolean
  readonly documents: Set<string>
}

export class Exchanges {
  readonly #table: DocumentTable
  readonly #partners = new Map<string, Partner>()

  constructor(table: DocumentTable) {
    this.#table = table
  }

  /** Begins to know a peer, which has nothing open from here yet. */
  meet(peer: string, stranger: boolean): void {
    this.leave(peer)
    this.#partners.set(peer, { stranger, documents: new Set() })
  }

  /** Forgets a peer; gives the documents that it had. */
  leave(peer: string): readonly string[] {
    const documents = [...(this.#partners.get(peer)?.documents ?? [])]
    for (const id of documents) this.part(id, peer)
    this.#partners.delete(peer)
    return documents
  }

  isStranger(peer: string): boolean {
    return this.#partners.get(peer)?.stranger === true
  }

  get strangers(): string[] {
    return [...this.#partners.keys()].filter((peer) => this.isStranger(peer))
  }

  has(peer: string, id: string): boolean {
    return this.#partners.get(peer)?.documents.has(id) === true
  }

  /** The replicas of this node that have the document from here. */
  replicasOf(id: string): string[] {
    return [...this.#partners.keys()].filter((peer) => this.has(peer, id) && !this.isStranger(peer))
  }

  /** The other nodes that have the document. */
  nodesOf(id: string): string[] {
    return this.strangers.filter((peer) => this.has(peer, id))
  }

  /** From now on changes of the document go to and fro; a peer that had it before begins anew. */
  join(open: OpenDocument, peer: string): void {
    const partner = this.#partners.get(peer)
    if (partner === undefined) return
    if (!partner.documents.has(open.id)) {
      open.observers++
      if (partner.stranger) open.strangers++
    }
    partner.documents.add(open.id)
    this.#table.up(open, peer)
  }

  /** The peer does not have the document any more; false where it had it not. */
  part(id: string, peer: string): boolean {
    const partner = this.#partners.get(peer)
    if (partner?.documents.delete(id) !== true) return false
    const open = this.#table.get(id)
    if (open === undefined) return true
    open.observers--
    if (partner.stranger) open.strangers--
    this.#table.down(open, peer)
    return true
  }
}
