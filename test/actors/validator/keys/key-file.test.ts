import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { isValid, signatureOf } from '../../../../actors/validator/crypto.ts'
import { writeDocument } from '../../../../actors/validator/keys/document.ts'
import { ensureFileKey, readFileKey } from '../../../../actors/validator/keys/file-key.ts'
import { createKey, loadKey, readKeyInfo, readPublicKey } from '../../../../actors/validator/keys/key-file.ts'
import { seal } from '../../../../actors/validator/keys/sealing.ts'
import { Folder } from '../../../runtime/cli/command.ts'

const PASSPHRASE = 'correct horse battery staple'
const mode = (path: string) => statSync(path).mode & 0o777

function newFolder(context: TestContext) {
  const folder = new Folder()
  context.after(() => folder[Symbol.dispose]())
  return (name: string) => join(folder.path, name)
}

/** A key under a file key, which is fast to open. */
async function newKey(context: TestContext) {
  const at = newFolder(context)
  const path = at('a.key')
  const protection = { keyFile: at('secret') }
  await ensureFileKey(protection.keyFile)
  const publicKey = await createKey({ path, protection })
  return { at, path, protection, publicKey }
}

test('a key comes back by its passphrase, signs, and is not in the file as it is', async (context) => {
  const at = newFolder(context)
  const path = at('a.key')
  const publicKey = await createKey({ path, protection: { passphrase: PASSPHRASE } })
  const pair = await loadKey({ path, protection: { passphrase: PASSPHRASE } })
  assert.equal(pair.publicKey, publicKey)
  const bytes = Uint8Array.of(1, 2, 3)
  assert.ok(isValid({ key: publicKey, bytes, signature: signatureOf(bytes, pair) }))
  assert.deepEqual(await readKeyInfo(path), { publicKey, protection: 'passphrase' })
  assert.equal(await readPublicKey(path), publicKey)
  assert.ok(!readFileSync(path, 'utf8').includes(Buffer.from(pair.secretKey.subarray(0, 32)).toString('hex')))
  assert.equal(mode(path), 0o600)
  assert.deepEqual(readdirSync(at('.')), ['a.key'], 'nothing unfinished is left')
})

test('another passphrase or protection does not open it, and errors tell no secret', async (context) => {
  const at = newFolder(context)
  const path = at('a.key')
  await createKey({ path, protection: { passphrase: 'Zürich-0815' } })
  await ensureFileKey(at('secret'))
  const other = 'not the passphrase'
  const error = await loadKey({ path, protection: { passphrase: other } }).catch((thrown) => thrown)
  assert.equal(error.code, 'WRONG_PASSPHRASE')
  assert.ok(!inspect(error, { depth: null }).includes(other))
  await assert.rejects(loadKey({ path, protection: { keyFile: at('secret') } }), { code: 'KEY_PROTECTED' })
  await assert.rejects(loadKey({ path, protection: undefined }), {
    code: 'KEY_PROTECTED',
    message: /passphrase/,
  })
  const decomposed = 'Zürich-0815'.normalize('NFD')
  assert.ok((await loadKey({ path, protection: { passphrase: decomposed } })).publicKey)
})

test('a file key opens it, and another one does not', async (context) => {
  const { at, path, protection, publicKey } = await newKey(context)
  assert.equal((await loadKey({ path, protection })).publicKey, publicKey)
  assert.deepEqual(await readKeyInfo(path), { publicKey, protection: 'file key' })
  assert.equal(mode(protection.keyFile), 0o600)
  const before = readFileSync(protection.keyFile)
  await ensureFileKey(protection.keyFile)
  assert.deepEqual(readFileSync(protection.keyFile), before)
  await ensureFileKey(at('other'))
  await assert.rejects(loadKey({ path, protection: { keyFile: at('other') } }), { code: 'WRONG_PASSPHRASE' })
  await assert.rejects(loadKey({ path, protection: { keyFile: at('none') } }), { code: 'KEY_UNREACHABLE' })
  writeFileSync(at('other'), 'a short secret')
  await assert.rejects(loadKey({ path, protection: { keyFile: at('other') } }), { code: 'KEY_FILE_INVALID' })
})

test('no file is overwritten, not even by a key that is made at the same time', async (context) => {
  const { at, path, protection } = await newKey(context)
  const before = readFileSync(path)
  await assert.rejects(createKey({ path, protection }), { code: 'KEY_EXISTS' })
  symlinkSync(at('nowhere'), at('link'))
  await assert.rejects(createKey({ path: at('link'), protection }), { code: 'KEY_EXISTS' })
  const racing = await Promise.allSettled([1, 2, 3].map(() => createKey({ path: at('b.key'), protection })))
  assert.equal(racing.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.deepEqual(readFileSync(path), before)
  await assert.rejects(createKey({ path: at('no/where/c.key'), protection }), { code: 'KEY_UNREACHABLE' })
  assert.deepEqual(readdirSync(at('.')).sort(), ['a.key', 'b.key', 'link', 'secret'])
})

test('a file that others may read is refused with the way out', {
  skip: process.platform === 'win32',
}, async (context) => {
  const { path, protection, publicKey } = await newKey(context)
  for (const open of [0o640, 0o604, 0o620]) {
    chmodSync(path, open)
    await assert.rejects(loadKey({ path, protection }), { code: 'KEY_EXPOSED', message: /chmod 600/ })
  }
  assert.equal(await readPublicKey(path), publicKey, 'its public part may be read by all')
  chmodSync(path, 0o600)
  chmodSync(protection.keyFile, 0o644)
  await assert.rejects(loadKey({ path, protection }), { code: 'KEY_EXPOSED' })
})

test('what is no key file is refused and says why', async (context) => {
  const { at, path, protection } = await newKey(context)
  const good = JSON.parse(readFileSync(path, 'utf8'))
  const scrypt = { ...good.kdf, name: 'scrypt', n: 2 ** 17, r: 8, p: 1 }
  const bad: readonly (readonly [unknown, RegExp])[] = [
    ['', /no JSON object/],
    ['[', /no JSON object/],
    [null, /no JSON object/],
    [{ ...good, version: 2 }, /version 2 is not known/],
    [{ ...good, version: undefined }, /version nothing/],
    [{ ...good, public_key: 'AB' }, /public_key has to be 64/],
    [{ ...good, kdf: undefined }, /kdf is missing/],
    [{ ...good, kdf: { ...good.kdf, name: 'md5' } }, /"md5" is not known/],
    [{ ...good, kdf: { ...good.kdf, salt: '' } }, /kdf.salt/],
    [{ ...good, kdf: { ...scrypt, n: 2 ** 14 } }, /kdf.n has to be a power of two/],
    [{ ...good, kdf: { ...scrypt, n: 2 ** 30 } }, /kdf.n/],
    [{ ...good, kdf: { ...scrypt, n: 2 ** 17 + 1 } }, /kdf.n/],
    [{ ...good, kdf: { ...scrypt, r: 1024 } }, /kdf.r/],
    [{ ...good, kdf: { ...scrypt, p: 1e6 } }, /kdf.p/],
    [{ ...good, cipher: 5 }, /cipher is missing/],
    [{ ...good, cipher: { ...good.cipher, name: 'none' } }, /cipher "none"/],
    [{ ...good, cipher: { ...good.cipher, tag: good.cipher.tag.slice(8) } }, /cipher.tag has to be 32/],
    ['x'.repeat(5_000), /more than 4096 bytes/],
  ]
  for (const [content, message] of bad) {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    await assert.rejects(loadKey({ path, protection }), { code: 'KEY_FILE_INVALID', message })
  }
  mkdirSync(at('folder'), { mode: 0o700 })
  await assert.rejects(loadKey({ path: at('folder'), protection }), { code: 'KEY_FILE_INVALID' })
})

test('a file that names another public key than that of its seed is refused, whoever wrote it', async (context) => {
  const { at, path, protection } = await newKey(context)
  const other = await createKey({ path: at('b.key'), protection })
  const document = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...document, public_key: other }))
  await assert.rejects(loadKey({ path, protection }), { code: 'WRONG_PASSPHRASE' })
  const secret = { kdf: 'hkdf-sha256', bytes: await readFileKey(protection.keyFile) } as const
  writeFileSync(path, writeDocument(await seal(new Uint8Array(32), other, secret)))
  await assert.rejects(loadKey({ path, protection }), { code: 'KEY_FILE_INVALID', message: /public key/ })
})

test('however a file is damaged, it opens as the same key or not at all', async (context) => {
  const { path, protection, publicKey } = await newKey(context)
  const good = readFileSync(path)
  const CODES = ['WRONG_PASSPHRASE', 'KEY_FILE_INVALID', 'KEY_PROTECTED']
  const judge = async () => {
    try {
      assert.equal((await loadKey({ path, protection })).publicKey, publicKey)
    } catch (error) {
      assert.ok(CODES.includes((error as { code: string }).code), String(error))
    }
  }
  const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = Buffer.from(good)
      for (const [at, by] of changes) bytes[at]! ^= by
      writeFileSync(path, bytes)
      await judge()
    }),
    { numRuns: 600 },
  )
  writeFileSync(path, good)
  for (let length = good.length - 2; length >= 0; length--) {
    truncateSync(path, length)
    await assert.rejects(loadKey({ path, protection }), { code: 'KEY_FILE_INVALID' })
  }
})
