/**
 * Readable text from HTML, in one pass over the source.
 *
 * Regular expressions such as `/<[^>]*>/g` take quadratic time on a run of unclosed brackets, and mail
 * is written by strangers. The scanner below looks at every character a bounded number of times.
 */

/** Tags that stand inside a word or sentence, so that removing them must not split it. */
const INLINE = new Set([
  'a',
  'abbr',
  'b',
  'big',
  'em',
  'font',
  'i',
  's',
  'small',
  'span',
  'strong',
  'sub',
  'sup',
  'u',
])

/** Elements whose content is not shown to a reader. */
const HIDDEN = new Set(['script', 'style', 'title', 'head'])

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['copy', '©'],
  ['reg', '®'],
  ['trade', '™'],
  ['bull', '•'],
  ['middot', '·'],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['pound', '£'],
  ['euro', '€'],
  ['cent', '¢'],
  ['eacute', 'é'],
  ['egrave', 'è'],
  ['uuml', 'ü'],
])

/** Characters that separate paragraphs may pile up; nobody reads more than one space. */
function squeeze(text: string): string {
  return text.replace(/[ \t\r\n\u00a0]+/g, ' ').trim()
}

function decodeEntity(whole: string, body: string): string {
  if (body[0] !== '#') return ENTITIES.get(body.toLowerCase()) ?? whole
  const hex = body[1] === 'x' || body[1] === 'X'
  const point = Number.parseInt(body.slice(hex ? 2 : 1), hex ? 16 : 10)
  const valid = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
  return valid ? String.fromCodePoint(point) : whole
}

/** Replaces the entities that occur in mail; an unknown one stays as it is. */
function decodeEntities(text: string): string {
  return text.replace(/&(#[xX]?[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});/g, decodeEntity)
}

function tagName(html: string, from: number): { name: string; closing: boolean } {
  const closing = html[from] === '/'
  const name = /^[a-zA-Z][a-zA-Z0-9]{0,15}/.exec(html.slice(from + Number(closing), from + 17))?.[0] ?? ''
  return { name: name.toLowerCase(), closing }
}

/**
 * Where the content of a hidden element ends; an element that is never closed hides nothing.
 *
 * @param unclosed names for which no closing tag is left, lest the search for one be repeated
 */
function skipHidden(lower: string, name: string, from: number, unclosed: Set<string>): number {
  if (unclosed.has(name)) return from
  const end = lower.indexOf(`</${name}`, from)
  if (end === -1) unclosed.add(name)
  return end === -1 ? from : end
}

/**
 * The text that a reader would see, on one line, with entities decoded.
 *
 * @param html source of any quality; unclosed tags and comments end at the end of the source
 */
export function htmlToText(html: string): string {
  const lower = html.toLowerCase()
  const pieces: string[] = []
  const unclosed = new Set<string>()
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open === -1) break
    pieces.push(html.slice(at, open))
    const comment = html.startsWith('<!--', open)
    const close = html.indexOf(comment ? '-->' : '>', open + 1)
    if (close === -1) return finish(pieces, comment ? '' : html.slice(open + 1))
    at = close + (comment ? 3 : 1)
    if (comment) continue
    const { name, closing } = tagName(html, open + 1)
    if (!INLINE.has(name)) pieces.push(' ')
    if (!closing && HIDDEN.has(name)) at = skipHidden(lower, name, at, unclosed)
  }
  return finish(pieces, html.slice(at))
}

function finish(pieces: string[], rest: string): string {
  pieces.push(rest)
  return squeeze(decodeEntities(pieces.join('')))
}
