import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMail } from '../../../../scripts/triage/mail/parse.ts'
import { headerFeatures } from '../../../../scripts/triage/views/headers.ts'
import { MEANING_WORDS, meaningText } from '../../../../scripts/triage/views/meaning.ts'
import { wordFeatures } from '../../../../scripts/triage/views/words.ts'

const RAW = `From jm@jmason.org Mon Aug 26 15:13:57 2002
Return-Path: <offers@shop.test>
Delivered-To: zzzz@localhost.spamassassin.taint.org
Received: from phobos [127.0.0.1] by localhost with IMAP (fetchmail-5.9.0) for jm@localhost
Received: from shop.test (dsl-7.shop.test [10.1.2.3] (may be forged)) by dogma.slashnull.org with SMTP; Fri, 2 Aug 2002 22:52:32 +0100
X-Spam-Status: Yes, hits=14
X-Keywords: junk
List-Id: Irish Linux Users' Group <ilug.linux.ie>
From: "Shop Offers" <offers77123@shop.test>
To: zzzz@spamassassin.taint.org
Subject: Re: [ILUG] CHEAP watches!
Date: Fri, 02 Aug 2002 23:37:59 +0530
Message-Id: <abc123@shop.test>
X-Mailer: BulkSend 3.1
Content-Type: text/html; charset=us-ascii

<p>Dear zzzz@spamassassin.taint.org, on August 2, 2002 you <font color="#ff0000">WON</font> a watch.
<a href="http://win.shop.test/go.php">Click here</a> or write to jm@netnoteinc.com!</p>`

const mail = await parseMail(Buffer.from(RAW))
const views = { words: wordFeatures(mail), headers: headerFeatures(mail), meaning: [meaningText(mail)] }

for (const [view, features] of Object.entries(views)) {
  test(`the ${view} view shows nothing of the collection's making`, () => {
    const all = features.join('\n').toLowerCase()
    for (const trace of [
      'zzzz',
      'taint',
      'jmason',
      'netnote',
      'slashnull',
      'phobos',
      'dogma',
      'jm@',
      'hits=',
      'junk',
      'linux.ie',
    ]) {
      assert.ok(!all.includes(trace), `${trace} is in the ${view} view`)
    }
  })
}

test('words and headers show no year, month or day', () => {
  for (const features of [views.words, views.headers]) {
    assert.ok(features.every((feature) => !/2002|\baug(ust)?\b|\bfri(day)?\b/i.test(feature)))
  }
})

test('the words view has words of the subject and the body, links and the form of the HTML', () => {
  for (const feature of [
    's:cheap',
    's:cheap watches!',
    'won',
    'link-host:shop.test',
    'link-file:php',
    'tag:font',
    'attr:color=#ff0000',
  ]) {
    assert.ok(views.words.includes(feature.replace(/\d/g, '0')), feature)
  }
})

test('the headers view has the program, the sender and the form of the rest', () => {
  for (const feature of [
    'x-mailer=bulksend',
    'from-domain:shop.test',
    'from-digits',
    'zone:+0530',
    'origin-doubted',
    'origin-household',
    'lacks:mime-version',
  ]) {
    assert.ok(views.headers.includes(feature), feature)
  }
})

test('the meaning view is short prose without quotations and addresses', async () => {
  const quoted = await parseMail(
    Buffer.from(
      `Subject: Re: [list] Fwd: lunch\n\nAnn wrote:\n> old words\nnew words at http://x.test now ${'word '.repeat(100)}`,
    ),
  )
  const text = meaningText(quoted)
  assert.match(text, /^lunch \. new words at now word/)
  assert.equal(text.split(' ').length, MEANING_WORDS)
})

test('a mail without words has a meaning text all the same', async () => {
  assert.equal(meaningText(await parseMail(Buffer.from('X-A: b\n\n\n'))), 'empty message')
})
