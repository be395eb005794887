/** Letters that bring out the faults of the chaos parser. */

/** It throws, it never leaves a loop, or it waits for what never comes. */
export const POISONS = ['throw', 'hang', 'wait'] as const
export type Poison = (typeof POISONS)[number]

const MARK = 'X-Neuroplex-Poison: '
/** The mark stands in the first line. */
const SEEN_BYTES = 64

export function poisonedLetter(poison: Poison): Uint8Array {
  const text = `${MARK}${poison}\r\nFrom: Mallory <mallory@sender.test>\r\nSubject: An offer\r\n\r\nBuy now.\r\n`
  return new TextEncoder().encode(text)
}

/** The poison in a letter; undefined for honest mail. */
export function poisonOf(raw: Uint8Array): Poison | undefined {
  const line = new TextDecoder('latin1').decode(raw.subarray(0, SEEN_BYTES)).split('\r\n')[0]!
  return POISONS.find((poison) => line === MARK + poison)
}
