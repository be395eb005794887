import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { labelOf, listFolder } from '../../../../scripts/triage/mail/folder.ts'

/** Makes a folder with these files, and hands it to the test. */
async function withFiles(files: readonly string[], check: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'neuroplex-mail-'))
  try {
    for (const file of files) {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), 'Subject: x\n\nhello')
    }
    await check(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

/** The listed letters as `path → label`. */
async function listed(root: string): Promise<Record<string, boolean | undefined>> {
  return Object.fromEntries((await listFolder(root)).map((letter) => [letter.id, letter.spam]))
}

test('a Maildir with its folder of junk', () =>
  withFiles(
    [
      'cur/1.host:2,S',
      'new/2.host',
      'tmp/3.host',
      '.Junk/cur/4.host:2,',
      '.Sent/cur/5.host',
      'dovecot.index',
    ],
    async (root) => {
      assert.deepEqual(await listed(root), {
        '.Junk/cur/4.host:2,': true,
        '.Sent/cur/5.host': undefined,
        'cur/1.host:2,S': undefined,
        'new/2.host': undefined,
      })
    },
  ))

test('a folder of .eml files, labelled by folders called spam and ham', () =>
  withFiles(['a.eml', 'spam/b.eml', 'ham/deep/c.EML', 'notes.pdf'], async (root) => {
    assert.deepEqual(await listed(root), { 'a.eml': undefined, 'ham/deep/c.EML': false, 'spam/b.eml': true })
  }))

test('the folder itself may carry the label', () =>
  withFiles(['spam/b.eml'], async (root) =>
    assert.deepEqual(await listed(join(root, 'spam')), { 'b.eml': true }),
  ))

test('links are not followed', () =>
  withFiles(['a.eml'], async (root) => {
    await symlink(root, join(root, 'loop'))
    await symlink('/etc/hosts', join(root, 'hosts.eml'))
    assert.deepEqual(Object.keys(await listed(root)), ['a.eml'])
  }))

test('a folder without mail, or none at all, is said', () =>
  withFiles(['readme.pdf'], async (root) => {
    await assert.rejects(listFolder(root), { code: 'NO_MAIL', message: /no mail/ })
    await assert.rejects(listFolder(join(root, 'missing')), { code: 'NO_MAIL', message: /cannot be read/ })
  }))

test('names of folders that say what is in them', () => {
  for (const name of ['spam', 'Spam', '.Junk', 'Junk E-mail', '.INBOX.Spam', 'spam-1', 'Junk'])
    assert.equal(labelOf(name), true, name)
  for (const name of ['ham', 'Ham_2', 'easy-ham-1', 'not-spam', 'no junk'])
    assert.equal(labelOf(name), false, name)
  for (const name of ['cur', 'inbox', 'spamassassin-talk', 'hamburg', 'Sent'])
    assert.equal(labelOf(name), undefined, name)
})
