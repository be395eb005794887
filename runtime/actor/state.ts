/** The life of an actor, in order; from `stopping` on it takes no more messages. */
export const State = { starting: 0, running: 1, restarting: 2, stopping: 3, stopped: 4 } as const
export type State = (typeof State)[keyof typeof State]

export const STATE_NAMES = ['starting', 'running', 'restarting', 'stopping', 'stopping'] as const
