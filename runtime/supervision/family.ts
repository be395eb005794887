/**
 * The children of one actor and what becomes of them when they fail. A supervisor is an actor whose
 * children are its purpose; any other actor supervises those that it spawns.
 *
 *   a child fails -> its instance is ended -> recover: may it come back, and how soon?
 *     -> the strategy says who is restarted -> the others are suspended, all begin again, in order
 *     -> too many restarts: the failure is the parent's own
 */

import { anonymousName } from '../../protocols/address.ts'
import { ActorGoneError, NameTakenError } from '../../protocols/errors.ts'
import type { Exit } from '../../protocols/exit.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import { backoffMs } from '../../protocols/restart/backoff.ts'
import { RestartWindow } from '../../protocols/restart/intensity.ts'
import { comesBack, STRATEGIES, type SupervisionPolicy } from '../../protocols/restart/spec.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Cell } from '../actor/cell.ts'
import type { Ref } from '../actor/ref.ts'
import { State } from '../actor/state.ts'
import type { Host } from '../threads/host.ts'
import type { Child, ChildPlan } from './child.ts'
import { FarChild } from './far-child.ts'
import type { Parent } from './parent.ts'
import { Siblings } from './siblings.ts'

export interface FamilyPolicy extends SupervisionPolicy {
  /** Whether restarts are counted for all children together or for each. */
  readonly counted: 'together' | 'each'
  /** When a child fails too often: the parent fails, or gives up that child only. */
  readonly beyond: 'escalate' | 'drop'
  /** Whether the children outlive a restart of the parent. */
  readonly keeps: boolean
}

export class Family implements Parent {
  readonly host: Host
  readonly owner: Cell
  readonly #policy: FamilyPolicy
  readonly #children = new Siblings()
  /** Of the owner's present instance: a supervisor that is restarted starts with a fresh budget. */
  #window: RestartWindow
  /** Set while children are being stopped and started; what fails meanwhile waits. */
  #recovering = false
  #waiting: { children: Child[]; exit: (child: Child) => Exit }[] = []
  /** Children whose pause is over meanwhile. */
  #due: Child[] = []

  constructor(owner: Cell, policy: FamilyPolicy) {
    this.owner = owner
    this.host = owner.host
    this.#policy = policy
    this.#window = new RestartWindow(policy.intensity)
  }

  get thread(): number {
    return this.owner.thread
  }

  get serial(): number {
    return this.owner.serial
  }

  get entry(): number {
    return this.owner.entry
  }

  childPath(key: ChildKey): string {
    return `${this.owner.path}/${typeof key === 'string' ? key : anonymousName(key)}`
  }

  /** A child that has a name or lives on another thread. */
  get(key: ChildKey): Child | undefined {
    return this.#children.get(key)
  }

  /** A child without a name, wherever it lives; it is looked for among all. */
  anonymous(serial: number): Child | undefined {
    for (const child of this.#children) if (child.key === serial) return child
    return undefined
  }

  /** To be read in one go: children may come and go as soon as anything else runs. */
  children(): Iterable<Child> {
    return this.#children
  }

  /** Starts a child. Rejects, and keeps nothing of it, when its first start fails. */
  spawn(plan: ChildPlan, name: string | undefined): Promise<Ref> {
    const { owner } = this
    if (owner.state >= State.stopping)
      return Promise.reject(
        new ActorGoneError(`${owner.path} is stopping and starts no more actors`, { target: owner.path }),
      )
    if (name !== undefined && this.#children.get(name) !== undefined)
      return Promise.reject(
        new NameTakenError(
          `there is already an actor ${owner.path}/${name}; stop it first, or choose another name`,
          { target: `${owner.path}/${name}` },
        ),
      )
    let child: Child | undefined
    let started: Promise<void> | undefined
    try {
      child = this.#add(plan, name)
      started = child.begin()
    } catch (error) {
      return this.#neverStarted(child, error)
    }
    if (started === undefined) {
      child.standing = 'running'
      return Promise.resolve(child.ref as Ref)
    }
    return this.#whenStarted(child, started)
  }

  /** Most children live on the thread of their parent. */
  #add(plan: ChildPlan, name: string | undefined): Child {
    const { host } = this
    const thread = host.placement.choose(plan.pool, plan.type, plan.thread)
    if (thread === host.thread) {
      const cell = host.create(plan, this, name, undefined)
      this.#children.add(cell, name)
      return cell
    }
    const key = name ?? host.nextSerial()
    const child = new FarChild(this, key, plan, thread)
    this.#children.add(child, key)
    return child
  }

  async #whenStarted(child: Child, started: Promise<void>): Promise<Ref> {
    try {
      await started
    } catch (error) {
      return this.#neverStarted(child, error)
    }
    if (child.standing === 'starting') child.standing = 'running'
    return child.ref as Ref
  }

  async #neverStarted(child: Child | undefined, thrown: unknown): Promise<never> {
    if (child !== undefined) {
      this.#children.remove(child)
      const exit: Exit = { kind: 'failed', path: child.path, error: toError(thrown) }
      if (child.cell !== null) await child.stop(exit)
      else child.finish(exit)
    }
    throw thrown
  }

  /** A child of this thread failed; its instance is ended. */
  failed(cell: Cell, exit: Exit): void {
    this.childFailed(cell, exit)
  }

  childFailed(child: Child, exit: Exit): void {
    if (isKept(child)) this.#fell([child], () => exit)
  }

  /** The thread of some children ended. That is one failure, however many of them lived there. */
  threadLost(thread: number, exitOf: (child: Child) => Exit): void {
    const lost: FarChild[] = []
    for (const child of this.#children)
      if (child instanceof FarChild && child.thread === thread) lost.push(child)
    for (const child of lost)
      if (child.standing === 'stopping') child.finish(exitOf(child))
      else child.lost()
    const fallen = lost.filter((child) => child.standing === 'running')
    if (fallen.length > 0) this.#fell(fallen, exitOf)
  }

  wantsToStop(cell: Cell): void {
    this.childWantsToStop(cell)
  }

  /** Whoever declares a child as permanent wants it back also when it stops by itself. */
  childWantsToStop(child: Child): void {
    if (child.standing !== 'running') return
    const exit: Exit = { kind: 'stopped', path: child.path }
    if (child.plan.restart !== 'permanent') void this.stop(child)
    else void Promise.resolve(child.suspend(exit)).then(() => this.childFailed(child, exit))
  }

  /** Stops a child for good. */
  stop(child: Child, exit?: Exit): Promise<void> | undefined {
    if (child.standing === 'gone') return
    child.standing = 'stopping'
    const done = child.stop(exit ?? { kind: 'stopped', path: this.childPath(child.key) })
    if (done === undefined) {
      this.#children.remove(child)
      return
    }
    return done.then(() => this.#children.remove(child))
  }

  /** Gives a child a new instance because somebody asked for it; counts against no budget. */
  async restart(child: Child): Promise<void> {
    if (child.standing !== 'running') return
    child.standing = 'down'
    const exit: Exit = { kind: 'stopped', path: child.path }
    await child.suspend(exit)
    this.host.events.restarted(child, exit, child.window?.total ?? 0, 'by an operator')
    await this.#restart([child])
  }

  /** The owner's instance ends: its children are ended for good, or wait for the next instance. */
  async leave(exit: Exit, restarting: boolean): Promise<void> {
    this.#waiting = []
    this.#due = []
    this.#window = new RestartWindow(this.#policy.intensity)
    const keep = restarting && this.#policy.keeps
    const why: Exit = exit.kind === 'stopped' ? exit : { kind: 'stopped', path: exit.path, error: exit.error }
    for (const child of this.#children.newestFirst()) {
      if (child.standing === 'gone') continue
      const itsExit = { ...why, path: this.childPath(child.key) }
      const done = keep ? this.#hold(child, itsExit) : this.stop(child, itsExit)
      if (done !== undefined) await done
    }
  }

  /** The owner is gone for good; children that waited for its next instance are as well. */
  finish(exit: Exit): void {
    for (const child of this.#children.newestFirst()) {
      this.#children.remove(child)
      child.finish({ kind: 'stopped', path: this.childPath(child.key), error: exit.error })
    }
  }

  #hold(child: Child, exit: Exit): Promise<void> | undefined {
    const fallen = child.standing === 'down'
    child.standing = 'down'
    return fallen ? undefined : child.suspend(exit)
  }

  /** Begins with all children again, in order, after a restart of the owner. */
  async resumeAll(): Promise<void> {
    for (const child of [...this.#children]) {
      if (child.standing === 'gone') continue
      await child.begin()
      child.standing = 'running'
    }
  }

  #fell(children: Child[], exit: (child: Child) => Exit): void {
    for (const child of children) child.standing = 'down'
    if (this.#recovering) this.#waiting.push({ children, exit })
    else this.#recover(children, exit)
  }

  #recover(children: Child[], exitOf: (child: Child) => Exit): void {
    const back: Child[] = []
    for (const child of children) {
      const exit = exitOf(child)
      if (comesBack(child.plan.restart ?? 'transient', exit.kind)) back.push(child)
      else this.#drop(child, exit)
    }
    // While the owner's instance ends, what becomes of the owner decides whether they come back.
    if (back.length === 0 || this.owner.state >= State.restarting) return
    const allowed = this.#withinBudget(back, exitOf)
    if (allowed.length < back.length) {
      const first = back.find((child) => !allowed.includes(child)) as Child
      this.#beyondBudget(first, exitOf(first))
      if (this.#policy.beyond === 'escalate') return
    }
    if (allowed.length > 0) this.#comeBack(allowed, exitOf)
  }

  /** Counts one restart, for each child or for all that fell together. A message that was set aside as poisoned costs none. */
  #withinBudget(children: Child[], exitOf: (child: Child) => Exit): Child[] {
    const now = this.host.clock.now()
    const free = children.filter((child) => exitOf(child).kind === 'poisoned')
    const own = children.filter((child) => {
      child.window ??= new RestartWindow(this.#policy.intensity)
      return free.includes(child) || child.window.allow(now)
    })
    if (this.#policy.counted === 'each') return own
    return free.length === children.length || this.#window.allow(now) ? children : free
  }

  #comeBack(children: Child[], exitOf: (child: Child) => Exit): void {
    const now = this.host.clock.now()
    const first = children[0] as Child
    const window = this.#policy.counted === 'each' ? (first.window as RestartWindow) : this.#window
    const { restarts, withinMs } = window.intensity
    const budget = `${window.recent(now)} of ${restarts} in ${withinMs} ms`
    for (const child of children)
      this.host.events.restarted(child, exitOf(child), (child.window as RestartWindow).total, budget)
    const pause = backoffMs(this.#policy.backoffMs, window.recent(now), this.host.clock.random())
    if (pause > 0) this.host.clock.after(pause, () => void this.#restart(children))
    else void this.#restart(children)
  }

  /** Suspends what the strategy adds to the fallen, in reverse order, and begins with all again, in order. */
  #restart(fallen: readonly Child[]): Promise<void> | undefined {
    if (this.owner.state >= State.restarting) return
    if (this.#recovering) {
      this.#due.push(...fallen)
      return
    }
    const down = fallen.filter((child) => child.standing === 'down')
    if (down.length === 0) return
    if (down.length === 1 && this.#policy.strategy === 'one-for-one')
      return this.#beginAgain(down[0] as Child)
    const all = STRATEGIES[this.#policy.strategy]([...this.#children], down)
    return this.#restartMany(
      all,
      all.filter((child) => child.standing === 'running'),
    )
  }

  async #restartMany(all: readonly Child[], healthy: Child[]): Promise<void> {
    this.#recovering = true
    for (const child of healthy.reverse()) {
      child.standing = 'down'
      await child.suspend({ kind: 'stopped', path: child.path })
    }
    for (const child of all)
      if (child.standing === 'down' && this.owner.state < State.restarting) await this.#beginAgain(child)
    this.#recovering = false
    this.#goOn()
  }

  /** Sees to what fell, or was due, while others were being restarted. */
  #goOn(): void {
    const [waiting, due] = [this.#waiting, this.#due]
    this.#waiting = []
    this.#due = []
    for (const { children, exit } of waiting)
      this.#fell(
        children.filter((child) => child.standing === 'down'),
        exit,
      )
    void this.#restart(due)
  }

  #beginAgain(child: Child): Promise<void> | undefined {
    let begun: Promise<void> | undefined
    child.standing = 'starting'
    try {
      begun = child.begin()
    } catch (error) {
      this.#startFailed(child, error)
      return
    }
    if (begun === undefined) {
      child.standing = 'running'
      return
    }
    return begun.then(
      () => {
        if (child.standing === 'starting') child.standing = 'running'
      },
      (error) => this.#startFailed(child, error),
    )
  }

  /** A start that fails counts as a failure of its own; it is seen to later, so that a start that always fails can't loop. */
  #startFailed(child: Child, thrown: unknown): void {
    const exit: Exit = { kind: 'failed', path: child.path, error: toError(thrown) }
    void Promise.resolve(child.suspend(exit)).then(() =>
      this.host.clock.defer(() => this.childFailed(child, exit)),
    )
  }

  #drop(child: Child, exit: Exit): void {
    this.#children.remove(child)
    child.finish(exit)
  }

  #beyondBudget(child: Child, exit: Exit): void {
    const { restarts, withinMs } = this.#policy.intensity
    this.host.log.error(
      { actor: child.path, exit: exit.kind, err: exit.error },
      `${child.path} failed more than ${restarts} times in ${withinMs} ms; ${this.#policy.beyond === 'drop' ? 'it is given up' : `the failure goes to ${this.owner.path}`}`,
    )
    if (this.#policy.beyond === 'drop') this.#drop(child, exit)
    else this.owner.fail({ kind: exit.kind, path: this.owner.path, error: exit.error })
  }
}

/** Whether the family still has plans for a child. */
function isKept({ standing }: Child): boolean {
  return standing !== 'stopping' && standing !== 'gone'
}
