/** `neuroplex keys`: makes the key of a validator and shows its public part. */
import type { Command } from 'commander'
import { createKey, loadKey, readKeyInfo } from '../../../actors/validator/keys/key-file.ts'
import { print, printDocument } from '../output.ts'
import { type CommonOptions, newCommand, newGroup } from '../program.ts'
import { knownProtection, newProtection, type ProtectionOptions } from '../validator/protection.ts'

type NewOptions = CommonOptions & ProtectionOptions

interface ShowOptions extends NewOptions {
  check?: boolean
}

export function keys(): Command {
  return newGroup('keys', 'make and show the keys of validators', [makeNew(), show()])
}

function makeNew(): Command {
  const command = newCommand('new', 'make a key; it asks for a passphrase', [
    'neuroplex keys new v1.key',
    'neuroplex keys new v1.key --key-file /etc/neuroplex/secret',
  ]).argument('<file>', 'where to write it; no file is overwritten')
  return withProtection(command).action(writeKey)
}

function show(): Command {
  const command = newCommand('show', 'show the public key of a file and what protects it', [
    'neuroplex keys show v1.key',
    'neuroplex keys show v1.key --check',
  ])
    .argument('<file>', 'a file that `neuroplex keys new` wrote')
    .option('--check', 'open it, which shows that the passphrase is right and the file as it was written')
  return withProtection(command).action(showKey)
}

function withProtection(command: Command): Command {
  return command
    .option('--passphrase-file <file>', 'read the passphrase from a file (also NEUROPLEX_PASSPHRASE)')
    .option('--key-file <file>', 'a file of random bytes in place of a passphrase; `new` makes a missing one')
}

async function writeKey(path: string, options: NewOptions): Promise<void> {
  const protection = await newProtection(options)
  const publicKey = await createKey({ path, protection })
  if (options.json) return printDocument({ file: path, publicKey })
  await print(publicKey)
}

async function showKey(path: string, options: ShowOptions): Promise<void> {
  const { publicKey, protection } = await readKeyInfo(path)
  const isChecked = options.check === true
  if (isChecked) await loadKey({ path, protection: await knownProtection(options, protection) })
  if (options.json) return printDocument({ file: path, publicKey, protection, checked: isChecked })
  await print(`public key  ${publicKey}`)
  await print(`opened by   ${protection}`)
  await print(isChecked ? 'it opens, and the public key belongs to it' : 'not opened; `--check` does')
}
