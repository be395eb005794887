/** Shortens a line to what fits, where colours take no room. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character opens a colour.
const COLOUR = /\u001b\[[\d;]*m/y

export function clip(line: string, width: number): string {
  let out = ''
  let used = 0
  for (let at = 0; at < line.length; ) {
    COLOUR.lastIndex = at
    const colour = COLOUR.exec(line)?.[0]
    if (colour !== undefined) {
      out += colour
      at += colour.length
      continue
    }
    const character = String.fromCodePoint(line.codePointAt(at) ?? 0)
    at += character.length
    if (used++ < width) out += character
  }
  return out
}
