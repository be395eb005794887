/**
 * What the words agent looks at: the words of subject and body, pairs of neighbours, the hosts that
 * links lead to, and how the HTML is made.
 *
 * The collection that the main job learns from was made by a few donors in 2001 and 2002, who put
 * placeholders in place of their addresses. What stems from that and not from the sender is left out,
 * lest an agent learn the collection instead of spam: the placeholders and the donors' own hosts, names
 * of months and weekdays, and digits (each becomes 0, so a year is only a number of four digits).
 */
import type { Mail } from '../mail/parse.ts'
import { isDonorTrace } from './donors.ts'

/** Words beyond this are not looked at: what a mail is about shows before that. */
const MAX_WORDS = 1_200
/** Longer runs are encodings or tracking codes, of which only the length class is kept. */
const MAX_WORD_CHARS = 20
const MAX_TAGS = 2_000
const MAX_LINKS = 100

const WORD = /[\p{L}\p{N}$'£€%!?*_-]+/gu
const CALENDAR =
  /^(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?|mon(day)?|tues?(day)?|wed(nesday)?|thur?s?(day)?|fri(day)?|sat(urday)?|sun(day)?)$/

/** The features of a mail as strings; each occurrence stands once. */
export function wordFeatures(mail: Mail): string[] {
  const subject = wordsOf(mail.subject)
  const body = wordsOf(mail.text)
  return [
    ...subject.map((word) => `s:${word}`),
    ...pairs(subject).map((pair) => `s:${pair}`),
    ...body,
    ...pairs(body),
    ...shoutFeatures(mail),
    ...linkFeatures(mail),
    ...htmlFeatures(mail.html),
  ]
}

function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(WORD)) {
    if (words.length >= MAX_WORDS) break
    const word = match[0].toLowerCase()
    if (isDonorTrace(word) || CALENDAR.test(word)) continue
    words.push(
      word.length > MAX_WORD_CHARS
        ? `long${Math.min(9, Math.floor(word.length / 20))}`
        : word.replace(/\p{N}/gu, '0'),
    )
  }
  return words
}

function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, i) => `${words[i]} ${word}`)
}

/** A share as one of a few steps, so that a classifier of features sees it. */
function step(share: number): number {
  return Math.min(9, Math.floor(share * 10))
}

function shoutFeatures(mail: Mail): string[] {
  const letters = mail.subject.match(/\p{L}/gu)?.length ?? 0
  const capitals = mail.subject.match(/\p{Lu}/gu)?.length ?? 0
  const shouted = mail.text.slice(0, 20_000).match(/\b\p{Lu}{4,}\b/gu)?.length ?? 0
  const size = Math.floor(Math.log2(mail.text.length + 1))
  return [
    `subject-caps:${letters ? step(capitals / letters) : 'none'}`,
    `shouted:${Math.floor(Math.log2(shouted + 1))}`,
    `size:${size}`,
  ]
}

function linkFeatures(mail: Mail): string[] {
  const source = `${mail.text} ${mail.html}`
  const features: string[] = []
  for (const match of source.matchAll(
    /(https?|ftp|mailto):\/{0,2}([^\s/"'<>()?]{1,200})(\/[^\s"'<>]{0,200})?/gi,
  )) {
    if (features.length >= MAX_LINKS * 3) break
    const host = match[2]!.toLowerCase()
    if (isDonorTrace(host)) continue
    features.push(...hostFeatures(host))
    const ending = /\.([a-z]{2,4})$/i.exec(match[3] ?? '')?.[1]
    if (ending) features.push(`link-file:${ending.toLowerCase()}`)
  }
  return features
}

function hostFeatures(host: string): string[] {
  if (/^[\d.]+(:\d+)?$/.test(host)) return ['link-host:number']
  const labels = host.split(/[@.:]/)
  return [
    `link-host:${labels.slice(-2).join('.')}`,
    `link-top:${labels.at(-1)}`,
    `link-labels:${labels.length}`,
  ]
}

function htmlFeatures(html: string): string[] {
  if (html === '') return ['html:none']
  const features: string[] = []
  for (const match of html.matchAll(/<(!--|[a-z][a-z0-9]{0,15})([^<>]{0,200})/gi)) {
    if (features.length >= MAX_TAGS) break
    features.push(`tag:${match[1]!.toLowerCase()}`)
    for (const part of match[2]!.matchAll(/([a-z-]{2,20})\s*=\s*["']?([#\w%+-]{0,20})/gi)) {
      features.push(
        `attr:${part[1]!.toLowerCase()}`,
        `attr:${part[1]!.toLowerCase()}=${part[2]!.toLowerCase().replace(/\d/g, '0')}`,
      )
    }
  }
  return features
}
