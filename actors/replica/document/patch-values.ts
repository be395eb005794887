/** Values as patches tell them. */
import { type Data, freeze } from './data.ts'

/**
 * A value as listeners get it. A container comes empty, and filled by the patches after it, which are listeners'
 * to apply as well; so they get one of their own.
 */
export function shared(value: Data): Data {
  return freeze(emptied(value))
}

function emptied(value: Data): Data {
  if (Array.isArray(value)) return []
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? {}
    : value
}
