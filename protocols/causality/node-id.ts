/** Which names a node may have in a clock: what a carrier can encode and a log can print. */

/** UTF-16 code units. Longer than any host name, and short enough that a clock of thousands stays small. */
export const MAX_NODE_ID_LENGTH = 255

/** Whether `value` names a node: a text that is not empty, not too long and has a form in UTF-8. */
export function isNodeId(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_NODE_ID_LENGTH && value.isWellFormed()
  )
}
