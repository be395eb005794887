/** Where a replica actor gets a document from that is not open on its thread. */
import type { ActorRef } from '../../runtime/index.ts'
import { Document } from './document/document.ts'
import { DOCUMENT_LIMITS } from './document/limits.ts'
import type { Inside } from './inside.ts'
import { KEEPER } from './names.ts'
import type { Replica } from './replica.ts'
import { typeOf } from './types.ts'

/** A node that does not answer sooner has the document synchronized later. */
const FETCH_MS = 2_000

/** From storage where this is the keeper, and else from the keeper; new where it is nowhere. */
export async function loadDocument(inside: Inside, id: string, genesis: () => Uint8Array): Promise<Document> {
  const { keeper, peers, args, newActor } = inside
  if (keeper !== null) {
    const fetched = (await keeper.has(id)) ? null : await fetchFromNodes(inside, id)
    return keeper.load(id, fetched === null ? genesis : () => fetched)
  }
  const ask = (peers.get(KEEPER) as ActorRef<Replica>).within(args.limits.openMs).ask
  const { saved } = await ask.attach(id, genesis(), args.name)
  return Document.load({ id, type: typeOf(id), actor: newActor(), limits: DOCUMENT_LIMITS }, [saved])
}

/** What another node has of a document that is new to this one, so that both begin with the same. */
async function fetchFromNodes({ exchanges, peers }: Inside, id: string): Promise<Uint8Array | null> {
  for (const node of exchanges.strangers) {
    const relay = peers.get(node) as ActorRef<Replica>
    const fetched = await relay
      .within(FETCH_MS)
      .ask.fetch(id)
      .catch(() => null)
    if (fetched !== null) return fetched
  }
  return null
}
