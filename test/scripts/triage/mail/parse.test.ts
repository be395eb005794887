import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HOSTILE_MAIL } from '../../../../scripts/triage/hostile.ts'
import { UnreadableMailError } from '../../../../scripts/triage/mail/errors.ts'
import { MAIL_LIMITS } from '../../../../scripts/triage/mail/limits.ts'
import { type Mail, parseMail } from '../../../../scripts/triage/mail/parse.ts'
import { headerFeatures } from '../../../../scripts/triage/views/headers.ts'
import { meaningText } from '../../../../scripts/triage/views/meaning.ts'
import { wordFeatures } from '../../../../scripts/triage/views/words.ts'

function raw(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** Checks what holds for every mail that was read, whoever sent it. */
function assertBounded(mail: Mail): void {
  assert.ok(mail.text.length <= MAIL_LIMITS.maxTextChars)
  assert.ok(mail.html.length <= MAIL_LIMITS.maxHtmlChars)
  assert.ok(mail.headers.length <= MAIL_LIMITS.maxHeaders)
  assert.ok(mail.headers.every((header) => header.value.length <= MAIL_LIMITS.maxHeaderChars))
  assert.ok(mail.attachments.length <= MAIL_LIMITS.maxAttachments)
  assert.deepEqual(structuredClone(mail), mail)
  assert.ok(meaningText(mail).length > 0)
  assert.ok(wordFeatures(mail).length < 20_000)
  assert.ok(headerFeatures(mail).length < 2_000)
}

test('a mail becomes a plain object', async () => {
  const mail = await parseMail(
    raw(
      'From jm@example.test Mon Aug 26 2002\nFrom: "Ann Example" <Ann@Sender.test>\nTo: bob@receiver.test\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n' +
        'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello Bob\n--x\nContent-Type: text/html\n\n<p>Hello <b>B</b>ob</p>\n' +
        '--x\nContent-Type: application/pdf; name="bill.pdf"\nContent-Disposition: attachment; filename="bill.pdf"\nContent-Transfer-Encoding: base64\n\nQUJD\n--x--\n',
    ),
  )
  assert.equal(mail.subject, 'Grüße')
  assert.deepEqual(mail.from, { name: 'Ann Example', address: 'ann@sender.test' })
  assert.match(mail.text, /Hello Bob/)
  assert.match(mail.html, /<b>B<\/b>ob/)
  assert.deepEqual(mail.attachments, [{ name: 'bill.pdf', type: 'application/pdf' }])
  assert.equal(mail.headers[0]!.name, 'from')
  assert.equal(mail.truncated, false)
})

test('a mail that is only HTML has its text too', async () => {
  const mail = await parseMail(
    raw('Subject: x\nContent-Type: text/html\n\n<h1>Buy</h1> n<!-- no -->ow &amp; save'),
  )
  assert.match(mail.text, /Buy now & save/)
})

test('of a long mail the beginning is read', async () => {
  const mail = await parseMail(raw(`Subject: long\n\n${'a line of text\n'.repeat(100_000)}`))
  assert.equal(mail.truncated, true)
  assert.equal(mail.text.length, MAIL_LIMITS.maxTextChars)
})

for (const { name, expect, build } of HOSTILE_MAIL) {
  test(`hostile mail: ${name} → ${expect}`, async () => {
    const bytes = build()
    if (expect === 'read') assertBounded(await parseMail(bytes))
    else await assert.rejects(parseMail(bytes), { code: expect, name: 'UnreadableMailError' })
  })
}

test('names of headers reach no prototype', async () => {
  const mail = await parseMail(raw('__proto__: polluted\nconstructor: polluted\nSubject: x\n\nhello'))
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  assert.deepEqual(
    mail.headers.map((header) => header.name),
    ['__proto__', 'constructor', 'subject'],
  )
  assert.equal(Object.getPrototypeOf(mail), Object.prototype)
})

/** Bytes that look like a mail in places, so that the parser gets beyond the first line. */
const mailLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'From: a@b\r\n',
        'Subject: =?utf-8?B?',
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'Content-Type: text/html; charset=',
        '--b\r\n',
        '--b--\r\n',
        '\r\n\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'Content-Type: message/rfc822\r\n',
        '<',
        '>',
        '<!--',
        '&#',
        ';',
        '"',
        '\0',
        'Date: ',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => raw(pieces.join('')))

test('whatever the bytes are, the mail is read or refused with the known error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(mailLike, fc.uint8Array({ maxLength: 2_000 })), async (bytes) => {
      try {
        assertBounded(await parseMail(bytes))
      } catch (error) {
        if (!(error instanceof UnreadableMailError)) throw error
      }
    }),
    { numRuns: 600 },
  )
})
