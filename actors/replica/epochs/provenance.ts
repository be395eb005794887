/**
 * Where a change came from that was brought over from another epoch: it carries what it was there, so that
 * whoever goes back to that epoch, as two that went apart have to, finds the very change and has it once.
 *
 *   {"v":1,"by":[["/user/agent-1","moved the deadline",3]],"of":"hW9Kg..."}     the change in base64
 */

/** Bytes of a change beyond which it is not carried along, as messages have an end. */
const MAX_CARRIED = 256 * 1024

/** The message of a change that is made of another. */
export function messageOf(message: string, source: Uint8Array): string {
  const said = parsed(message) ?? { v: 1, by: [] }
  const { of: _, ...own } = said
  if (source.length > MAX_CARRIED) return JSON.stringify(own)
  return JSON.stringify({ ...own, of: Buffer.from(source).toString('base64') })
}

/** The change that it says it was made of; nothing of it is believed yet. */
export function sourceIn(message: string): Uint8Array | undefined {
  const of = parsed(message)?.of
  return typeof of === 'string' && of !== '' ? Buffer.from(of, 'base64') : undefined
}

function parsed(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith('{"v":1,')) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}
