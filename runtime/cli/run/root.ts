/** What a node runs: the root that its module exports as default, and the services that it exports by that name. */
import { Reference } from '../../../protocols/address.ts'
import { ModuleLoadError } from '../../../protocols/errors.ts'
import type { ActorRef, Service, SupervisorClass } from '../../actor/types.ts'
import type { ActorSystem } from '../../index.ts'

/** The name under which a supervisor runs, so that its path is /user/root. */
const ROOT_NAME = 'root'

/** Starts what it likes. A reference that it returns is watched: the node ends when that actor is gone for good. */
type RootFunction = (system: ActorSystem) => unknown

export type Root = { kind: 'supervisor'; type: SupervisorClass } | { kind: 'function'; start: RootFunction }

export interface NodeModule {
  root: Root
  services: Service[]
}

/** Imports the module. Throws ModuleLoadError that says what is wrong with it and where. */
export async function loadNode(url: string): Promise<NodeModule> {
  const shown = decodeURI(new URL(url).pathname)
  let exported: { default?: unknown; services?: unknown }
  try {
    exported = await import(url)
  } catch (error) {
    throw new ModuleLoadError(`${shown} cannot be loaded: ${describeFailure(error)}`, { cause: error })
  }
  return { root: rootOf(exported.default, shown), services: servicesOf(exported.services, shown) }
}

function rootOf(exported: unknown, shown: string): Root {
  if (typeof exported === 'function') {
    if ('supervision' in exported) return { kind: 'supervisor', type: exported as unknown as SupervisorClass }
    if (!isClass(exported)) return { kind: 'function', start: exported as RootFunction }
  }
  throw new ModuleLoadError(
    `${shown} has to export a root as default: \`export default supervisor({ children: { ... } })\`, or an async function of the system`,
  )
}

function servicesOf(exported: unknown, shown: string): Service[] {
  if (exported === undefined) return []
  if (Array.isArray(exported) && exported.every(isService)) return exported
  throw new ModuleLoadError(
    `${shown} exports \`services\`, which has to be a list of services, for instance \`export const services = [validators()]\``,
  )
}

function isService(value: unknown): value is Service {
  const { name, supervisor } = (value ?? {}) as Partial<Service>
  return typeof name === 'string' && typeof supervisor === 'function'
}

/** Starts the root. The reference is that of a supervisor, or what a root function returns if it is one. */
export async function startRoot(system: ActorSystem, root: Root): Promise<ActorRef | undefined> {
  if (root.kind === 'supervisor') return await system.spawn(root.type, { name: ROOT_NAME })
  const result = await root.start(system)
  return result instanceof Reference ? (result as ActorRef) : undefined
}

function isClass(value: unknown): boolean {
  return Function.prototype.toString.call(value).startsWith('class')
}

/** The message and the line of the user's own code, without the frames of the loader. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = error.stack?.split('\n').find((line) => /^\s+at .*file:|^file:/.test(line))
  const message = `${error.name}: ${error.message.split('\n')[0]}`
  return place === undefined ? message : `${message} (${place.trim().replace(/^at /, '')})`
}
