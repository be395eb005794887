/** Why an actor is gone, or why it is being restarted. */
export type ExitKind = 'stopped' | 'failed' | 'stalled' | 'poisoned' | 'thread-lost' | 'node-lost'

export interface Exit {
  readonly kind: ExitKind
  readonly path: string
  readonly error?: Error
}
