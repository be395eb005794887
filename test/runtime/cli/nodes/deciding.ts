/** A node with validators that decides something every few milliseconds. */

import { decisions, validators } from '../../../../actors/validator/index.ts'
import type { ActorSystem } from '../../../../runtime/index.ts'

export const services = [validators({ storage: 'volatile' })]

export default async function root(system: ActorSystem) {
  void decideForEver(system)
}

async function decideForEver(system: ActorSystem): Promise<never> {
  for (let i = 0; ; i++) {
    // The test stops the validators, and then there is nobody to decide.
    await decisions(system)
      .decide('pace', i)
      .catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
