/** The exit codes of the command, which scripts may rely on. They stand in `neuroplex --help`. */

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  noNode: 3,
  noActor: 4,
  socketInUse: 5,
  warned: 6,
  invalidProof: 7,
  moduleFailed: 66,
  rootFailed: 70,
} as const

export const EXIT_TABLE: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'done'],
  ['1', 'the command failed; the message says why'],
  ['2', 'the command line is wrong'],
  ['3', 'no node is running there, or it does not answer'],
  ['4', 'the node has no such actor, or no validators'],
  ['5', 'another node already uses that control socket'],
  ['6', 'doctor found something that works, but not well'],
  ['7', 'verify: the proof does not show what it claims'],
  ['66', 'run: the module could not be loaded, or has no root as its default export'],
  ['70', 'run: the root failed for good; its supervisor gave up'],
  ['128 + n', 'run: ended at once by a second signal n; under --supervised, the signal that ended the node'],
]

const BY_ERROR_CODE: Readonly<Record<string, number>> = {
  CLI_USAGE: EXIT.usage,
  INVALID_OPTION: EXIT.usage,
  CONTROL_PATH_TOO_LONG: EXIT.usage,
  NODE_UNREACHABLE: EXIT.noNode,
  ACTOR_GONE: EXIT.noActor,
  VALIDATORS_MISSING: EXIT.noActor,
  CONTROL_SOCKET_IN_USE: EXIT.socketInUse,
  INVALID_PROOF: EXIT.invalidProof,
  MALFORMED_BYTES: EXIT.invalidProof,
  MODULE_LOAD: EXIT.moduleFailed,
}

/** The exit code for an error by its stable code. */
export function exitCodeOf(error: unknown): number {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? (BY_ERROR_CODE[code] ?? EXIT.failed) : EXIT.failed
}
