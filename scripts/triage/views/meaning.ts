/**
 * What the meaning agent looks at: the subject and the first words of the body as a sentence encoder
 * wants them, which is plain prose without addresses, quotations and ornament.
 *
 * The encoder's time grows with the length of the text, so only the first words are encoded. They are
 * enough: what a mail wants from its reader is said at its beginning.
 */
import type { Mail } from '../mail/parse.ts'
import { isDonorTrace } from './donors.ts'

/** Words of subject and body that are encoded. */
export const MEANING_WORDS = 32
/** Of the body only this much is looked at to find them. */
const MAX_SCANNED_CHARS = 8_192
const MAX_WORD_CHARS = 24

/** A short text that says what the mail is about; never empty. */
export function meaningText(mail: Mail, maxWords = MEANING_WORDS): string {
  const subject = words(mail.subject.replace(/^((re|fwd?|aw):\s*|\[[^\]]{1,40}\]\s*)+/i, ''))
  const body = mail.text
    .slice(0, MAX_SCANNED_CHARS)
    .split('\n')
    .filter((line) => !isQuotation(line))
    .flatMap(words)
  const text = [...subject, '.', ...body].slice(0, maxWords).join(' ')
  return text === '.' ? 'empty message' : text
}

/** Quoted lines, and the line that introduces them, are another person's words. */
function isQuotation(line: string): boolean {
  return /^\s*[>|:]/.test(line) || /(wrote|writes|said):\s*$/.test(line)
}

function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => {
    if (word === '' || word.length > MAX_WORD_CHARS || !/[\p{L}\d]/u.test(word)) return false
    return !/:\/\/|@|=/.test(word) && !isDonorTrace(word.toLowerCase())
  })
}
