/** The state of an actor, in the colour of how it fares. */
import type { ActorState } from '../../actor/types.ts'
import { styled } from '../output.ts'

export function renderState(state: ActorState): string {
  if (state === 'running') return styled('green', state)
  return styled(state === 'restarting' ? 'yellow' : 'dim', state)
}
