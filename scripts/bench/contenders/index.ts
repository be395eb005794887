import type { PeerId } from '../workload.ts'
import { cometbft } from './cometbft.ts'
import type { Contender } from './contender.ts'
import { erlang, erlangOne } from './erlang.ts'
import { libraries } from './libraries.ts'
import { neuroplex } from './neuroplex.ts'
import { node } from './node.ts'
import { pekko } from './pekko.ts'

const peers: Readonly<Record<PeerId, Contender>> = {
  ...{ erlang, 'erlang-one': erlangOne, pekko, node, cometbft },
  ...libraries,
}

export { neuroplex, peers }
