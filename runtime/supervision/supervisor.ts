/**
 * Supervisors: ordinary actors whose instructions are plain data. They run no code of the user's and
 * live on the control thread, so that they survive whatever happens to the threads of their children.
 */
import { checkName } from '../../protocols/address.ts'
import { ActorGoneError, InvalidOptionError } from '../../protocols/errors.ts'
import { completePolicy, type SupervisionPolicy } from '../../protocols/restart/spec.ts'
import { Actor } from '../actor/actor.ts'
import { cellOf } from '../actor/bond.ts'
import { FrontRef } from '../actor/front-ref.ts'
import type { Ref } from '../actor/ref.ts'
import type {
  ActorClass,
  ActorRef,
  Asks,
  ChildOptions,
  Children,
  ChildSpec,
  RefOf,
  SupervisionSpec,
  SupervisorClass,
} from '../actor/types.ts'
import type { Child } from './child.ts'
import { Family } from './family.ts'
import { planOfWire, type WireChild, type WireSupervision, wireChild } from './plan.ts'
import { supervisorPolicy } from './policies.ts'

/**
 * A supervisor as data, to be spawned like any actor class.
 *
 * Throws InvalidOptionError that names the field where the instructions are impossible.
 */
export function supervisor<Ch extends Children = Children>(
  spec: Partial<SupervisionPolicy> & { children?: Ch },
): SupervisorClass<Ch> {
  const children = spec.children ?? ({} as Ch)
  for (const [name, one] of Object.entries(children)) {
    checkName(name)
    if (typeof one?.type !== 'function')
      throw new InvalidOptionError(`the child "${name}" has to be made by child(Class, args, options)`)
  }
  const supervision: SupervisionSpec<Ch> = { ...completePolicy(spec), children }
  return class extends Actor {
    static readonly supervision = supervision
  }
}

/** One child of a supervisor, as data. */
export function child<C extends ActorClass>(
  type: C,
  args?: ConstructorParameters<C>,
  options: ChildOptions = {},
): ChildSpec<C> {
  return { type, args: args ?? [], options }
}

/** What somebody asked of a supervisor and it could not do is no failure of its own, so it answers with the error. */
type Outcome<T> = { value: T } | { error: unknown }

function unwrap<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** The actor behind every supervisor. */
export class SupervisorActor extends Actor<SupervisorActor> {
  readonly #spec: WireSupervision

  constructor(spec: WireSupervision) {
    super()
    this.#spec = spec
  }

  override async onStart(): Promise<void> {
    const { extras } = cellOf(this)
    if (extras.family !== null) return extras.family.resumeAll()
    extras.family = new Family(cellOf(this), supervisorPolicy(this.#spec))
    for (const [name, spec] of Object.entries(this.#spec.children)) await this.#start(name, spec)
  }

  child(name: string): Outcome<ActorRef> {
    const one = this.#family.get(name)
    if (one !== undefined && isThere(one)) return { value: one.ref as unknown as ActorRef }
    const names =
      this.children()
        .map((child) => child.name)
        .join(', ') || 'none'
    const { path } = this.context.self
    return {
      error: new ActorGoneError(`${path} has no child "${name}"; its children are: ${names}`, {
        target: `${path}/${name}`,
        mayHaveRun: false,
      }),
    }
  }

  children(): { name: string; ref: ActorRef }[] {
    return [...this.#family.children()].filter(isThere).map(({ key, ref }) => ({
      name: String(key),
      ref: ref as unknown as ActorRef,
    }))
  }

  async startChild(name: string, spec: WireChild): Promise<Outcome<ActorRef>> {
    try {
      checkName(name)
      return { value: (await this.#start(name, spec)) as unknown as ActorRef }
    } catch (error) {
      return { error }
    }
  }

  async stopChild(name: string): Promise<void> {
    const child = this.#family.get(name)
    if (child !== undefined) await this.#family.stop(child)
  }

  get #family(): Family {
    return cellOf(this).family as Family
  }

  #start(name: string, spec: WireChild): Promise<Ref> {
    return this.#family.spawn(planOfWire(cellOf(this).host, spec), name)
  }
}

/** Whether it has started; one that is being stopped may be gone already where it lives. */
function isThere({ ref, standing }: Child): boolean {
  return ref !== null && standing !== 'stopping'
}

/** A reference to a supervisor. */
export class SupervisorRefImpl extends FrontRef {
  async child(name: string): Promise<ActorRef> {
    return unwrap(await this.#handlers.child(name))
  }

  async startChild<C extends ActorClass>(name: string, spec: ChildSpec<C>): Promise<RefOf<C>> {
    const child = wireChild(this.delivery.host, spec as unknown as ChildSpec)
    return unwrap(await this.#patiently.startChild(name, child)) as unknown as RefOf<C>
  }

  async stopChild(name: string): Promise<void> {
    await this.#patiently.stopChild(name)
  }

  children(): Promise<{ name: string; ref: ActorRef }[]> {
    return this.#handlers.children()
  }

  get #handlers(): Asks<SupervisorActor> {
    return this.ask as Asks<SupervisorActor>
  }

  /** Starting and stopping take as long as the child does. */
  get #patiently(): Asks<SupervisorActor> {
    return this.within(Number.MAX_SAFE_INTEGER).ask as Asks<SupervisorActor>
  }
}
