/** A validator whose votes are written down, as they are sent, where another process finds them after the end of this one. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Speech } from '../../../../actors/validator/node/options.ts'
import { ValidatorActor, type ValidatorArgs } from '../../../../actors/validator/validator.ts'

export class RecordedValidator extends ValidatorActor {
  protected override speech({ id, folder }: ValidatorArgs): Speech {
    const file = join(folder, '..', '..', `${id}.votes`)
    return (sent, say) => {
      const { message } = sent
      if (message.kind === 'vote' || message.kind === 'proposal') {
        const { kind, epoch, view, block } = message.vote
        // The system has it as soon as the call returns, and the system is not killed.
        appendFileSync(file, `${kind} ${epoch} ${view} ${block}\n`)
      }
      say(sent.to, message)
    }
  }
}
