/** The root of a node: what its module exports as default. */
import { Reference } from '../../../protocols/address.ts'
import { ModuleLoadError } from '../../../protocols/errors.ts'
import type { ActorRef, SupervisorClass } from '../../actor/types.ts'
import type { ActorSystem } from '../../index.ts'

/** The name under which a supervisor runs, so that its path is /user/root. */
const ROOT_NAME = 'root'

/** Starts what it likes. A reference that it returns is watched: the node ends when that actor is gone for good. */
type RootFunction = (system: ActorSystem) => unknown

export type Root = { kind: 'supervisor'; type: SupervisorClass } | { kind: 'function'; start: RootFunction }

/** Imports the module. Throws ModuleLoadError that says what is wrong with it and where. */
export async function loadRoot(url: string): Promise<Root> {
  const shown = decodeURI(new URL(url).pathname)
  let exported: unknown
  try {
    exported = ((await import(url)) as { default?: unknown }).default
  } catch (error) {
    throw new ModuleLoadError(`${shown} cannot be loaded: ${describeFailure(error)}`, { cause: error })
  }
  if (typeof exported === 'function') {
    if ('supervision' in exported) return { kind: 'supervisor', type: exported as unknown as SupervisorClass }
    if (!isClass(exported)) return { kind: 'function', start: exported as RootFunction }
  }
  throw new ModuleLoadError(
    `${shown} has to export a root as default: \`export default supervisor({ children: { ... } })\`, or an async function of the system`,
  )
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
