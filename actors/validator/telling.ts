/** What a validator tells people in the log. */
import type { Genesis } from '../../protocols/consensus/genesis.ts'
import type { Logger } from '../../runtime/index.ts'
import type { ValidatorNode } from './node/node.ts'
import type { NodeListeners } from './node/options.ts'
import { describeAlert, namesOf } from './status.ts'
import { weaknessOf } from './tolerance.ts'

export function listenersOf(genesis: Genesis, log: Logger, committed: () => void): NodeListeners {
  const nameOf = namesOf({ genesis })
  return {
    committed,
    accused: ({ offender, first }) =>
      log.error(
        { validator: nameOf(offender), epoch: first.epoch, view: first.view },
        `${nameOf(offender)} has signed two votes that contradict each other; it loses stake and leaves the set with the next epoch`,
      ),
    alert: (alert) => log.warn({ ...alert }, describeAlert(alert, nameOf)),
    standstill: (problem) => log.error(problem),
  }
}

/** What is amiss when it starts. One of the validators says for all whom the chain can't do without. */
export function tellAtStart(id: string, node: ValidatorNode, log: Logger): void {
  const { genesis, core, damaged } = node
  const nameOf = namesOf(node)
  const voting = core.epoch.set.members.map(({ publicKey, stake }) => ({ id: nameOf(publicKey), stake }))
  const weakness = genesis.validators[0]!.id === id ? weaknessOf(voting) : undefined
  if (weakness !== undefined) log.warn(weakness)
  for (const sentence of damaged) log.error(sentence)
}
