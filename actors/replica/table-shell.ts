/** What a table of documents needs, as the replica actor around it has it. */
import { endThread, type Inside } from './inside.ts'
import type { Keeper } from './keeper/keeper.ts'
import { loadDocument } from './loading.ts'
import { KEEPER } from './names.ts'
import type { TableShell } from './table.ts'

export function tableShell(
  inside: Inside,
  { worked, unloaded }: Pick<TableShell, 'worked' | 'unloaded'>,
): TableShell {
  const { context, args, peers } = inside
  const { limits, name } = args
  const isKeeper = name === KEEPER
  return {
    limits,
    worked,
    now: () => context.now(),
    wall: () => context.wall(),
    random: () => context.random(),
    wake: (id) => context.self.tell.work(id),
    after: (ms, run) => context.timers.after(ms, run),
    send: (peer, id, message) => peers.get(peer)?.tell.deliver(name, id, message),
    quarantined: (peer, id, reason, explanation) =>
      context.log.error(
        { document: id, peer, reason },
        `nothing more is taken from ${peer} for ${id}: ${explanation}`,
      ),
    load: (id, genesis) => loadDocument(inside, id, genesis),
    engineLost: (error) => endThread(inside, error),
    opened: (open) => {
      if (!isKeeper) inside.table.up(open, KEEPER)
      for (const node of inside.exchanges.strangers) inside.exchanges.join(open, node)
    },
    ...(isKeeper ? { keeper: keeping(() => inside.keeper as Keeper) } : {}),
    unloaded: (id) => {
      inside.keeper?.forget(id)
      unloaded(id)
      if (!isKeeper) peers.get(KEEPER)?.tell.detach(id, name)
    },
  }
}

function keeping(keeper: () => Keeper): NonNullable<TableShell['keeper']> {
  return {
    isStored: (id, hash) => keeper().isStored(id, hash),
    store: (document, changes) => keeper().store(document, changes),
    flush: (document) => keeper().flush(document),
  }
}
