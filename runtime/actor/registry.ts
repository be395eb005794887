/**
 * The actor classes of a system: every thread imports the same modules in the same order and finds a
 * class by the name under which it is exported.
 */
import { ModuleLoadError, UnknownActorClassError } from '../../protocols/errors.ts'
import type { Actor } from './actor.ts'
import { ActorType, isActorClass } from './actor-type.ts'
import type { ActorClass } from './types.ts'

export class Registry {
  readonly #byName = new Map<string, ActorType>()
  readonly #byClass = new Map<ActorClass, ActorType>()
  readonly #modules: readonly string[]
  /** Whether a class may be used that no module exports, which works where there is one thread only. */
  readonly #open: boolean

  constructor(modules: readonly string[], open: boolean) {
    this.#modules = modules
    this.#open = open
  }

  /** Imports the modules. Throws ModuleLoadError that names the module. */
  async load(): Promise<void> {
    for (const module of this.#modules) this.#addExports(module, await importModule(module))
  }

  /** Adds a class of the runtime itself. */
  add(name: string, actorClass: ActorClass): ActorType {
    const type = new ActorType(name, actorClass, this.#byName.size)
    this.#byName.set(name, type)
    this.#byClass.set(actorClass, type)
    return type
  }

  byName(name: string): ActorType {
    const type = this.#byName.get(name)
    if (type === undefined)
      throw new UnknownActorClassError(`no module exports an actor class "${name}"; ${this.#advice()}`)
    return type
  }

  byIndex(index: number): ActorType | undefined {
    return [...this.#byName.values()][index]
  }

  byClass(actorClass: ActorClass): ActorType {
    const type = this.#byClass.get(actorClass)
    if (type !== undefined) return type
    const name = typeof actorClass === 'function' ? actorClass.name : String(actorClass)
    if (!isActorClass(actorClass))
      throw new UnknownActorClassError(
        `${name} is no actor class: it has to extend the Actor of the same installation of neuroplex`,
      )
    if (!this.#open)
      throw new UnknownActorClassError(
        `the class ${name} is exported by no module of this system; ${this.#advice()}`,
      )
    return this.add(this.#byName.has(name) ? `${name}#${this.#byName.size}` : name, actorClass)
  }

  #addExports(module: string, exports: Record<string, unknown>): void {
    for (const [exportName, value] of Object.entries(exports)) {
      if (!isActorClass(value) || this.#byClass.has(value)) continue
      const ownType = Object.hasOwn(value, 'type') ? (value as unknown as typeof Actor).type : undefined
      const name = ownType ?? (exportName === 'default' ? value.name : exportName)
      if (this.#byName.has(name))
        throw new ModuleLoadError(
          `${module} exports an actor class "${name}", but another module has one of that name; rename it or give it a "static type"`,
        )
      this.add(name, value)
    }
  }

  #advice(): string {
    return this.#modules.length === 0
      ? "start the system with the module that exports it: ActorSystem.start({ modules: [import.meta.resolve('./my-actors.ts')] })"
      : `export it from one of the modules that the system was started with: ${this.#modules.join(', ')}`
  }
}

async function importModule(module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(module)) as Record<string, unknown>
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw new ModuleLoadError(`the module ${module} could not be imported: ${why}`, { cause })
  }
}
