/** The ways in which the command line itself can fail. */
import { NeuroplexError } from '../../protocols/errors.ts'

/** The command line is wrong; the message says what to write instead. */
export class UsageError extends NeuroplexError {
  constructor(message: string, cause?: unknown) {
    super('CLI_USAGE', message, { cause })
  }
}

/** What a command would write is there already. */
export class FileExistsError extends NeuroplexError {
  constructor(path: string) {
    super('FILE_EXISTS', `${path} is there already: give another name with \`--out\``, { target: path })
  }
}

/** `init` would write into a folder that holds something already. */
export class FolderNotEmptyError extends NeuroplexError {
  constructor(folder: string) {
    super(
      'FOLDER_NOT_EMPTY',
      `the folder ${folder} is not empty; give the name of a new one: \`neuroplex init my-agents\``,
      {
        target: folder,
      },
    )
  }
}
