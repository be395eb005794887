/** Names that the language asks every object for. */
const NOT_HANDLERS = new Set<string | symbol>(['then', 'toJSON', 'constructor'])

type Method = (...args: unknown[]) => unknown

/** An object with a method of every name; which names are right is for the types and the routee to say. */
export function facet<F>(call: (method: string, args: unknown[]) => unknown): F {
  const methods = new Map<string, Method>()
  return new Proxy(Object.freeze({}), {
    get(_, name) {
      if (typeof name === 'symbol' || NOT_HANDLERS.has(name)) return undefined
      const known = methods.get(name)
      if (known !== undefined) return known
      const made: Method = (...args) => call(name, args)
      methods.set(name, made)
      return made
    },
  }) as F
}

/** Calls the method of a reference's facet, whatever its type. */
export function send(facetOfRef: unknown, name: string, args: unknown[]): unknown {
  return (facetOfRef as Record<string, Method>)[name]?.(...args)
}
