/** Asks the validators of a running node for what they show of their chain. */
import { ValidatorsMissingError } from '../../../actors/validator/errors.ts'
import { LOCAL_PATH } from '../../../actors/validator/places.ts'
import type { ChainStatus } from '../../../actors/validator/status.ts'
import type { ControlClient } from '../../telemetry/control-client.ts'

/** What a validator answers with that is not there at the moment; another one may be. */
const TRANSIENT = ['ACTOR_GONE', 'ASK_TIMEOUT', 'REFUSED', 'THREAD_LOST']

export class ChainSource {
  readonly #client: ControlClient
  readonly #wanted: string | undefined
  /** Which answered last, first. */
  #ids: readonly string[] = []

  /** @param wanted the only one to be asked, by its id */
  constructor(client: ControlClient, wanted?: string) {
    this.#client = client
    this.#wanted = wanted
  }

  /**
   * What the first validator says that answers. Rejects with ValidatorsMissingError where there is none, or with what
   * the last one failed by.
   */
  async read(): Promise<ChainStatus> {
    if (this.#ids.length === 0) this.#ids = await this.#find()
    let failure: unknown
    for (const id of this.#ids)
      try {
        const status = await this.#client.call('ask', { path: `${LOCAL_PATH}/${id}`, method: 'status' })
        this.#ids = [id, ...this.#ids.filter((other) => other !== id)]
        return status as ChainStatus
      } catch (error) {
        if (!isTransient(error)) throw error
        failure = error
      }
    this.#ids = []
    throw failure
  }

  async #find(): Promise<string[]> {
    const ids = await this.#all()
    const wanted = this.#wanted
    if (ids.length === 0)
      throw new ValidatorsMissingError(
        'this node has no validators; start it with some: `export const services = [validators()]` in its module, with `validators` of neuroplex/validators',
      )
    if (wanted === undefined) return ids
    if (ids.includes(wanted)) return [wanted]
    throw new ValidatorsMissingError(`no validator ${wanted} runs on this node; here run ${ids.join(', ')}`)
  }

  async #all(): Promise<string[]> {
    const actors = await this.#client.collect('inspect', { under: LOCAL_PATH })
    return actors
      .map(({ path }) => path.slice(LOCAL_PATH.length + 1))
      .filter((id) => id !== '' && !id.includes('/'))
  }
}

/** Whether it may be otherwise in a moment. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.includes((error as { code?: string }).code ?? '')
}
