/**
 * Damaged and hostile mail, as `--chaos` slips it among the honest one: what broken software sends, and
 * what somebody would send who wants to stop the readers. Each is made afresh and is the same every time.
 */
import { seededRandom } from '../../actors/agent/models/random.ts'
import type { UnreadableCode } from './mail/errors.ts'

/** One kind of bad mail. */
export interface HostileMail {
  readonly name: string
  /** How reading it has to end: the code of the refusal, or `read` when it must still be read. */
  readonly expect: UnreadableCode | 'read'
  readonly build: () => Uint8Array
}

const MEBIBYTE = 1024 * 1024
const HEAD =
  'From: Mallory <mallory@sender.test>\r\nTo: you@receiver.test\r\nSubject: An offer\r\nMIME-Version: 1.0\r\n'
const TEXT = new TextEncoder()

/** All kinds, from the merely broken to the malicious. */
export const HOSTILE_MAIL: readonly HostileMail[] = [
  { name: 'empty file', expect: 'MAIL_EMPTY', build: () => new Uint8Array(0) },
  { name: 'only line breaks', expect: 'MAIL_NO_HEADERS', build: () => bytes('\r\n'.repeat(100)) },
  { name: 'binary garbage', expect: 'MAIL_NOT_TEXT', build: () => noise(64 * 1024, 1) },
  { name: 'zeroes', expect: 'MAIL_NOT_TEXT', build: () => new Uint8Array(MEBIBYTE) },
  {
    name: 'NUL bytes in the text',
    expect: 'read',
    build: () =>
      bytes(`${HEAD}Content-Type: text/plain\r\n\r\n${'Buy\0 now, while stocks last! '.repeat(200)}`),
  },
  { name: 'truncated in the headers', expect: 'read', build: () => bytes(HEAD.slice(0, 60)) },
  { name: 'truncated multipart', expect: 'read', build: truncatedMultipart },
  {
    name: 'multipart that names no boundary',
    expect: 'read',
    build: () => bytes(`${HEAD}Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhello\r\n`),
  },
  {
    name: 'unknown charset',
    expect: 'read',
    build: () => encoded('x-klingon-8', '8bit', 'buy \xff\xfe now'),
  },
  { name: 'charset that is no name', expect: 'read', build: () => encoded('\u0001"\\;', '8bit', 'buy now') },
  {
    name: 'UTF-7 and lone continuation bytes',
    expect: 'read',
    build: () => encoded('utf-7', '7bit', '+ADw-script+AD4- \x80\x80\xbf'),
  },
  { name: 'bad encoded words', expect: 'read', build: badEncodedWords },
  {
    name: 'base64 that is none',
    expect: 'read',
    build: () => encoded('utf-8', 'base64', '====!!!! not base64 ===\r\n'.repeat(500)),
  },
  {
    name: 'quoted-printable that is none',
    expect: 'read',
    build: () => encoded('utf-8', 'quoted-printable', '=ZZ=0=\r\n='.repeat(5_000)),
  },
  { name: 'attachment of garbage called zip', expect: 'read', build: garbageAttachment },
  { name: 'headers called __proto__ and constructor', expect: 'read', build: prototypeHeaders },
  { name: 'parameters called __proto__', expect: 'read', build: prototypeParameters },
  { name: 'HTML of unclosed brackets', expect: 'read', build: () => html('<'.repeat(400_000)) },
  { name: 'HTML of unclosed comments', expect: 'read', build: () => html('<!--'.repeat(100_000)) },
  { name: 'HTML of unclosed scripts', expect: 'read', build: () => html('<script>'.repeat(50_000)) },
  { name: 'HTML of nested tables', expect: 'read', build: () => html('<table><tr><td>'.repeat(25_000)) },
  {
    name: 'HTML of entities',
    expect: 'read',
    build: () => html('&#x41;&amp;&nosuch;&#99999999;'.repeat(12_000)),
  },
  {
    name: 'address list of commas and brackets',
    expect: 'read',
    build: () => bytes(`From: ${'<a@b,"('.repeat(10_000)}\r\nSubject: x\r\n\r\nhello`),
  },
  {
    name: 'line of 10 MB',
    expect: 'MAIL_LINE_TOO_LONG',
    build: () => join(bytes(`${HEAD}\r\n`), filled(10 * MEBIBYTE, 0x61)),
  },
  {
    name: 'header line of 10 MB',
    expect: 'MAIL_LINE_TOO_LONG',
    build: () => join(bytes('Subject: '), filled(10 * MEBIBYTE, 0x61)),
  },
  {
    name: 'mail of 40 MB',
    expect: 'MAIL_TOO_LARGE',
    build: () => join(bytes(`${HEAD}\r\n`), filled(40 * MEBIBYTE, 0x0a)),
  },
  {
    name: 'half a million empty lines',
    expect: 'read',
    build: () => join(bytes(`${HEAD}\r\n`), filled(500_000, 0x0a)),
  },
  {
    name: 'attachment of 20 MB',
    expect: 'read',
    build: () => join(bytes(attachmentHead()), lines(20 * MEBIBYTE)),
  },
  {
    name: 'a hundred thousand headers',
    expect: 'MAIL_HEADERS_TOO_LARGE',
    build: () => bytes(`${'X-Bomb: boom\r\n'.repeat(100_000)}\r\nhello`),
  },
  {
    name: 'a header folded for ever',
    expect: 'MAIL_HEADERS_TOO_LARGE',
    build: () => bytes(`Subject: x\r\n${' more, and still more\r\n'.repeat(100_000)}\r\nhello`),
  },
  {
    name: 'multipart within multipart',
    expect: 'MAIL_TOO_DEEP',
    build: () => bytes(nestedMultiparts(1_000)),
  },
  { name: 'messages within messages', expect: 'read', build: () => bytes(nestedMessages(200)) },
  {
    name: 'a hundred thousand parts',
    expect: 'MAIL_TOO_MANY_PARTS',
    build: () =>
      bytes(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(100_000)}`),
  },
]

function bytes(text: string): Uint8Array {
  return TEXT.encode(text)
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces)
}

function filled(size: number, byte: number): Uint8Array {
  return new Uint8Array(size).fill(byte)
}

function noise(size: number, seed: number): Uint8Array {
  const random = seededRandom(seed)
  return Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
}

function lines(size: number): Uint8Array {
  const line = bytes(`${'QUJD'.repeat(19)}\r\n`)
  return Uint8Array.from({ length: size }, (_, i) => line[i % line.length]!)
}

function encoded(charset: string, encoding: string, body: string): Uint8Array {
  return Buffer.from(
    `${HEAD}Content-Type: text/plain; charset="${charset}"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`,
    'latin1',
  )
}

function html(body: string): Uint8Array {
  return bytes(`${HEAD}Content-Type: text/html\r\n\r\n<html><body>${inLines(body)}`)
}

/** Mail servers break long lines, and the reader refuses very long ones; the attack works without them. */
function inLines(text: string): string {
  return text.replace(/.{1000}/g, '$&\r\n')
}

function truncatedMultipart(): Uint8Array {
  return bytes(
    `${HEAD}Content-Type: multipart/alternative; boundary="cut"\r\n\r\n--cut\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGh0bWw+PGJvZHk+QnV5IG5vdzwvYm9ke`,
  )
}

function badEncodedWords(): Uint8Array {
  return bytes(
    `From: =?utf-8?B?${'A'.repeat(2_000)}\r\nSubject: ${'=?x?Q?=ZZ?= =?utf-8?B?/////?= '.repeat(500)}\r\n\r\nhello`,
  )
}

function attachmentHead(): string {
  return `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the attached file.\r\n--b\r\nContent-Type: application/zip; name="invoice.zip"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="../../invoice.zip"\r\n\r\n`
}

function garbageAttachment(): Uint8Array {
  const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), noise(200_000, 2)]).toString('base64')
  return bytes(`${attachmentHead()}${body.replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`)
}

function prototypeHeaders(): Uint8Array {
  return bytes(
    `__proto__: polluted\r\nconstructor: polluted\r\nprototype: polluted\r\nhasOwnProperty: 1\r\n${HEAD}\r\nhello`,
  )
}

function prototypeParameters(): Uint8Array {
  return bytes(
    `${HEAD}Content-Type: text/plain; __proto__=polluted; constructor=x; charset=__proto__; __proto__*0=a; __proto__*1=b\r\n\r\nhello`,
  )
}

function nestedMultiparts(depth: number): string {
  const opened = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  )
  return `${HEAD}${opened.join('')}\r\nhello`
}

function nestedMessages(depth: number): string {
  return `${HEAD}${'Content-Type: message/rfc822\r\n\r\n'.repeat(depth)}Subject: innermost\r\n\r\nhello`
}
