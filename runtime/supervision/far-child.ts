/**
 * A child on another thread, as its family keeps it: what is done with it is asked of that thread.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { ActorType } from '../actor/actor-type.ts'
import type { Ref } from '../actor/ref.ts'
import type { Host } from '../threads/host.ts'
import type { BirthMessage, Child, ChildPlan, Standing } from './child.ts'
import type { Family } from './family.ts'

const NEVER = Number.POSITIVE_INFINITY

export class FarChild implements Child {
  readonly key: ChildKey
  readonly plan: ChildPlan
  readonly thread: number
  readonly cell = null
  ref: Ref | null = null
  standing: Standing = 'starting'
  window: RestartWindow | null = null
  place = 0
  #beginning: Promise<void> | undefined
  readonly #family: Family

  constructor(family: Family, key: ChildKey, plan: ChildPlan, thread: number) {
    this.#family = family
    this.key = key
    this.plan = plan
    this.thread = thread
  }

  get path(): string {
    return this.#family.childPath(this.key)
  }

  get type(): ActorType {
    return this.plan.type
  }

  get #host(): Host {
    return this.#family.host
  }

  begin(): Promise<void> {
    this.#beginning = this.ref === null ? this.#beginFirst() : this.#beginAgain(this.ref)
    return this.#beginning
  }

  async #beginFirst(): Promise<void> {
    const { control, farFamilies } = this.#host
    this.#family.owner.export()
    farFamilies.add(this.#family)
    const serial = (await control.call(this.thread, 'begin', this.#birth(), NEVER)) as number
    this.ref = this.#host.makeFarRef(this.thread, serial, this.type, this.path)
  }

  /** The thread has the actor already and only lacks an instance of it. */
  async #beginAgain({ serial }: Ref): Promise<void> {
    await this.#host.control.call(this.thread, 'begin-again', serial, NEVER)
  }

  /** Its thread is lost: the successor takes the actor over, to keep what comes for it until it begins again. */
  lost(): void {
    if (this.ref !== null) this.#host.links.notice(this.thread, 'take-over', this.#birth())
  }

  #birth(): BirthMessage {
    const { args, mailbox, shutdownMs } = this.plan
    const { key, path, type } = this
    const { thread, serial } = this.#family.owner
    return {
      ...{ type: type.name, args, mailbox, shutdownMs, key, path },
      parent: { thread, serial },
      serial: this.ref?.serial,
      restarts: (this.window?.total ?? 0) + (this.standing === 'running' ? 1 : 0),
    }
  }

  suspend(exit: Exit): Promise<void> {
    return this.#command('suspend', exit)
  }

  stop(exit: Exit): Promise<void> {
    return this.#command('stop', exit)
  }

  finish(exit: Exit): void {
    if (this.ref !== null)
      this.#host.links.notice(this.thread, 'finish', { serial: this.ref.serial, path: this.path, exit })
  }

  /** A thread that is lost meanwhile has ended the instance as well. */
  async #command(verb: 'suspend' | 'stop', exit: Exit): Promise<void> {
    // One whose first start is under way has no address yet.
    if (this.ref === null) await this.#beginning?.catch(() => undefined)
    if (this.ref === null) return
    const { serial } = this.ref
    const patience = this.plan.shutdownMs * 3 + this.#host.limits.controlMs
    try {
      await this.#host.control.call(this.thread, verb, { serial, exit }, patience)
    } catch (error) {
      this.#host.log.warn(
        { actor: this.path, err: error },
        `the thread of the actor did not confirm "${verb}"`,
      )
    }
  }
}
