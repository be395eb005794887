/**
 * What the headers agent looks at: how the mail was made and sent, never what it says.
 *
 * Only headers that the sender, or the sender's program, decides on are read, and of most only the
 * form. Left out on purpose, because they come from the making of the collection and not from the
 * sender:
 * - Delivered-To, X-Original-To, X-Apparently-To and the addresses in To and Cc: the donors' own;
 * - all Received lines but the earliest, and their number: the donors' servers and forwarding;
 * - Status, X-Status, X-Keywords, X-Sieve, Delivery-Date, Old-Subject: added by a donor's mailbox;
 * - X-Spam-*, X-MailScanner, X-Virus-*: verdicts of filters on the way;
 * - List-*, X-Mailman-*, X-Beenthere, Sender, Errors-To, X-Loop, Precedence: the archives of the few
 *   lists that the donors read, on which nearly all ham of the collection came;
 * - the day, month and year of Date: when a donor happened to collect.
 */
import type { Mail, MailHeader } from '../mail/parse.ts'
import { isDonorTrace } from './donors.ts'

/** Headers whose presence and order say something about the program that wrote the mail. */
const READ = new Set([
  'from',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'x-mailer',
  'user-agent',
  'x-priority',
  'x-msmail-priority',
  'importance',
  'in-reply-to',
  'references',
  'x-mimeole',
  'organization',
  'x-accept-language',
  'mail-followup-to',
  'thread-index',
  'thread-topic',
  'x-operating-system',
  'content-class',
  'x-originating-ip',
  'x-url',
  'x-encoding',
  'x-info',
])
/** Headers whose words are features too: names of programs and settings. */
const WORDED = new Set([
  'x-mailer',
  'user-agent',
  'content-type',
  'content-transfer-encoding',
  'x-priority',
  'x-msmail-priority',
  'importance',
  'mime-version',
  'content-disposition',
  'x-mimeole',
  'organization',
  'content-class',
])
/** The most words of one header that are looked at. */
const MAX_WORDS = 24

/** The features of a mail's headers as strings. */
export function headerFeatures(mail: Mail): string[] {
  const read = mail.headers.filter((header) => READ.has(header.name))
  const first = (name: string): string => read.find((header) => header.name === name)?.value ?? ''
  return [
    ...presence(read),
    ...read.filter((header) => WORDED.has(header.name)).flatMap(worded),
    ...senderFeatures(mail, first('reply-to'), first('message-id')),
    ...recipientFeatures(first('to'), first('cc')),
    ...dateFeatures(first('date')),
    ...messageIdFeatures(first('message-id')),
    ...subjectFeatures(first('subject')),
    ...originFeatures(mail.headers),
    ...mail.attachments.map((part) => `attached:${part.type}`),
  ]
}

function presence(read: readonly MailHeader[]): string[] {
  const names = [...new Set(read.map((header) => header.name))]
  const absent = [...READ].filter((name) => !names.includes(name))
  return [
    ...names.map((name) => `has:${name}`),
    ...absent.map((name) => `lacks:${name}`),
    ...names.slice(1).map((name, i) => `order:${names[i]}>${name}`),
  ]
}

function worded(header: MailHeader): string[] {
  const words =
    header.value
      .toLowerCase()
      .replace(/boundary="?[^";]*"?/, '')
      .match(/[a-z0-9_./-]+/g) ?? []
  const kept = words.slice(0, MAX_WORDS).filter((word) => !isDonorTrace(word))
  return [
    ...kept.flatMap((word) => [`${header.name}=${word}`, `${header.name}=${shape(word)}`]),
    `${header.name}==${kept.join(' ').replace(/\d/g, '0')}`,
  ]
}

/** Letters to a or A, digits to 0, runs shortened: what a generated name looks like. */
function shape(text: string): string {
  return text
    .replace(/[A-Z]+/g, 'A')
    .replace(/[a-z]+/g, 'a')
    .replace(/\d+/g, '0')
    .replace(/[^\x20-\x7e]+/g, 'X')
    .slice(0, 40)
}

/** The last two labels of a host name. */
function domainOf(address: string): string {
  const host = /@([^\s>"]+)/.exec(address)?.[1]?.toLowerCase() ?? ''
  return host.split('.').slice(-2).join('.')
}

function senderFeatures(mail: Mail, replyTo: string, messageId: string): string[] {
  const { name, address } = mail.from
  const domain = domainOf(address)
  const local = address.split('@')[0] ?? ''
  const features = [
    `from-shape:${shape(local)}`,
    `from-name-shape:${shape(name)}`,
    `from-name:${name === '' ? 'none' : 'some'}`,
  ]
  if (name !== '' && name.toLowerCase().includes(local)) features.push('from-name-is-address')
  if (/\d{3}/.test(local)) features.push('from-digits')
  if (!isDonorTrace(address) && domain !== '') {
    features.push(`from-domain:${domain}`, `from-top:${domain.split('.').at(-1)}`)
    for (const word of name
      .toLowerCase()
      .match(/\p{L}{2,}/gu)
      ?.slice(0, 8) ?? [])
      features.push(`from-word:${word}`)
    features.push(`id-domain-same:${domainOf(messageId) === domain}`)
  }
  if (replyTo !== '') features.push(`reply-domain-same:${domainOf(replyTo) === domain}`)
  return features
}

/** Only the form: whom a mail is addressed to is the donor's name or a list that the donor reads. */
function recipientFeatures(to: string, cc: string): string[] {
  const count = (value: string): number => Math.min(6, value.split('@').length - 1)
  const form =
    to === '' ? 'none' : to.includes('<') ? (/"[^"]+"|\w\s+</.test(to) ? 'named' : 'bracketed') : 'bare'
  const undisclosed = /undisclosed|recipient|friend|member/i.test(to)
  return [`to-form:${form}`, `to-count:${count(to)}`, `cc-count:${count(cc)}`, `undisclosed:${undisclosed}`]
}

/** How the program writes dates, the zone and the hour; never the day, month or year. */
function dateFeatures(date: string): string[] {
  const form = date.replace(/[A-Za-z]{3,}/g, 'a').replace(/\d+/g, '0')
  const zone = /([+-]\d{4})\b/.exec(date)?.[1] ?? 'none'
  const name = /\(([^)]{1,40})\)/.exec(date)?.[1] ?? 'none'
  const hour = /\b(\d{1,2}):\d{2}/.exec(date)?.[1] ?? 'none'
  return [`date-form:${form.slice(0, 60)}`, `zone:${zone}`, `zone-name:${name}`, `hour:${hour}`]
}

function messageIdFeatures(id: string): string[] {
  const [local = '', host = ''] = id.replace(/[<>\s]/g, '').split('@')
  const features = [
    `id-shape:${shape(local)}`,
    `id-length:${Math.min(12, Math.floor(local.length / 4))}`,
    `id-bracketed:${id.startsWith('<')}`,
  ]
  features.push(
    `id-start:${shape(local).slice(0, 6)}`,
    `id-host-labels:${Math.min(5, host.split('.').length)}`,
  )
  if (!isDonorTrace(host)) features.push(`id-host-shape:${shape(host)}`)
  return features
}

function subjectFeatures(subject: string): string[] {
  const features = [`subject-length:${Math.min(12, Math.floor(subject.length / 8))}`]
  if (/^(re|fwd?|aw|antw):/i.test(subject.replace(/^\[[^\]]*\]\s*/, ''))) features.push('subject-reply')
  if (/^\s*\[[^\]]+\]/.test(subject) || /^re:\s*\[[^\]]+\]/i.test(subject)) features.push('subject-tag')
  if (/!/.test(subject)) features.push('subject-bang')
  if (/\?$/.test(subject)) features.push('subject-question')
  if (/\$|%/.test(subject)) features.push('subject-money')
  if (/ {3,}/.test(subject)) features.push('subject-gap')
  if (/=\?/.test(subject)) features.push('subject-encoded')
  if (/\P{ASCII}/u.test(subject)) features.push('subject-raw-bytes')
  if (subject !== '' && subject === subject.toUpperCase()) features.push('subject-shouted')
  if (/\d{4,}$/.test(subject)) features.push('subject-number')
  return features
}

/** The earliest hop, written by the first server that took the mail from the sender; only its form. */
function originFeatures(headers: readonly MailHeader[]): string[] {
  const earliest = headers.findLast((header) => header.name === 'received')?.value ?? ''
  if (earliest === '') return ['origin:none']
  const from = /^from\s+(\S+)/i.exec(earliest)?.[1] ?? ''
  const features = [
    `origin-from:${from === '' ? 'none' : shape(from)}`,
    `origin-protocol:${/\bwith\s+([A-Za-z]+)/.exec(earliest)?.[1] ?? 'none'}`,
  ]
  if (/\(\[?\d+\.\d+\.\d+\.\d+\]?\)/.test(earliest)) features.push('origin-no-name')
  if (/may be forged|unverified|unknown/i.test(earliest)) features.push('origin-doubted')
  if (/helo[= ]/i.test(earliest)) features.push('origin-helo')
  if (/localhost|127\.0\.0\.1|\(from \w+@|userid/i.test(earliest)) features.push('origin-local')
  if (/^\[?\d+\.\d+/.test(from)) features.push('origin-number')
  if (/dsl|dial|cable|ppp|pool|dynamic|adsl/i.test(earliest)) features.push('origin-household')
  if (from !== '' && !from.includes('.')) features.push('origin-bare-name')
  return features
}
