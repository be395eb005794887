/** The world of a validator's node: its actor's clock, timers and messages. */
import type { SignatureCheck } from '../../protocols/consensus/events.ts'
import type { PublicKey } from '../../protocols/consensus/types.ts'
import type { ActorRef, Context } from '../../runtime/index.ts'
import { SnapshotTakenError } from './errors.ts'
import type { Journal } from './journal.ts'
import type { ValidatorNode } from './node/node.ts'
import type { Link, Ports } from './node/ports.ts'
import type { ValidatorActor } from './validator.ts'
import { packChecks, VERIFIER_MODULE, verify, verifyHere } from './verifier.ts'

export interface WorldOptions {
  readonly context: Context<ValidatorActor>
  readonly self: PublicKey
  /** Tells answers for this instance of the actor from those for one before. */
  readonly life: number
  readonly journal: ActorRef<Journal>
  readonly peers: ReadonlyMap<PublicKey, ActorRef<ValidatorActor>>
  readonly node: () => ValidatorNode | undefined
  /** Called before the actor fails. */
  readonly failing: () => void
}

export function worldOf({ context, self, life, journal, peers, node, failing }: WorldOptions): Ports {
  const { timers } = context
  const actor = context.self
  let sleeping: (() => void) | undefined
  /** The supervisor starts the actor anew, with what is stored. */
  const fail = (error: unknown) => {
    failing()
    timers.after(0, () => {
      throw error
    })
  }
  return {
    link: linkOver(peers),
    journal: {
      append: (token, records) => journal.tell.append(self, life, token, records),
      forget: (view) => journal.tell.forget(self, view),
    },
    now: () => context.wall(),
    random: () => context.random(),
    verify(token, checks) {
      const answers = verify(checks, (unknown) => verifyElsewhere(context, unknown))
      if (!(answers instanceof Promise)) return answers
      void answers.then((valid) =>
        // What a timer runs is a turn of this instance.
        timers.after(0, () => node()?.verified(token, valid)),
      )
      return undefined
    },
    wakeAt(atMs) {
      sleeping?.()
      sleeping = timers.after(Math.max(0, atMs - context.wall()), () => node()?.tick())
    },
    pause: (ms) => context.sleep(ms),
    soon: () => actor.tell.flush(),
    startAnew: (height) => fail(new SnapshotTakenError(height)),
    failed: fail,
  }
}

function linkOver(peers: ReadonlyMap<PublicKey, ActorRef<ValidatorActor>>): Link {
  return {
    send: (to, frame) => peers.get(to)?.tell.deliver(frame),
    broadcast(frame) {
      for (const peer of peers.values()) peer.tell.deliver(frame)
    },
  }
}

async function verifyElsewhere(
  context: Context<ValidatorActor>,
  checks: readonly SignatureCheck[],
): Promise<readonly boolean[]> {
  try {
    return await context.offload<boolean[]>(VERIFIER_MODULE, 'verifyPacked', [packChecks(checks)])
  } catch {
    // The pool is full or has lost its thread; here it takes longer.
    return verifyHere(checks)
  }
}
