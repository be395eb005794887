/** The ways in which the control socket can fail, on either side. */
import { NeuroplexError } from '../../protocols/errors.ts'

/** Another living node listens on the socket. */
export class ControlSocketInUseError extends NeuroplexError {
  constructor(path: string, pid: number | undefined) {
    const who = pid === undefined ? 'another node' : `the node with pid ${pid}`
    super(
      'CONTROL_SOCKET_IN_USE',
      `${who} already uses the control socket ${path}; stop it, or give this node another folder with --data-dir`,
      { target: path },
    )
  }
}

/** The socket could not be made where it was asked for. */
export class ControlSocketError extends NeuroplexError {
  constructor(path: string, message: string, cause?: unknown) {
    super('CONTROL_SOCKET', message, { target: path, cause })
  }
}

/** The path of a socket is longer than the operating system allows. */
export class ControlPathTooLongError extends NeuroplexError {
  constructor(path: string, maxBytes: number) {
    super(
      'CONTROL_PATH_TOO_LONG',
      `the socket path ${path} is ${Buffer.byteLength(path)} bytes long and the operating system allows ${maxBytes}; give a shorter one with --socket`,
      { target: path },
    )
  }
}

/** Nobody listens on the socket, or whoever listened is gone. */
export class NodeUnreachableError extends NeuroplexError {
  constructor(path: string, message: string, cause?: unknown) {
    super('NODE_UNREACHABLE', message, { target: path, cause })
  }
}

/** Only services answer operators' questions. */
export class NotAServiceError extends NeuroplexError {
  constructor(path: string) {
    super(
      'NOT_A_SERVICE',
      `${path} can't be asked: only services can, which are below /system/; \`neuroplex tree /system\` shows them`,
      { target: path },
    )
  }
}

/** The answer of an actor can't be carried to an operator. */
export class UnreadableAnswerError extends NeuroplexError {
  constructor(message: string) {
    super('UNREADABLE_ANSWER', message)
  }
}

/** The node is there and answered with an error; `code` is the node's. */
export class ControlRequestError extends NeuroplexError {}
