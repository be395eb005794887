/** Examines the data folder: can a node write there, who else can read it, is there room? */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type ControlPlace, fits, shownPath } from '../../telemetry/control-path.ts'
import { formatBytes } from '../format.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { DOCTOR_LIMITS as LIMITS } from './limits.ts'

/** A data folder that is not there yet is judged by the folder that it would be made in. */
export function examineStorage(dataDir: string): Finding[] {
  const folder = resolve(dataDir)
  const existing = nearestExisting(folder)
  return [examineWriting(folder, existing), examinePrivacy(folder), examineDisk(existing)]
}

function nearestExisting(folder: string): string {
  let existing = folder
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  return existing
}

function examineWriting(folder: string, existing: string): Finding {
  const probe = join(existing, `.neuroplex-probe-${randomUUID()}`)
  try {
    const file = openSync(probe, 'wx', 0o600)
    writeSync(file, 'probe')
    fsyncSync(file)
    closeSync(file)
    unlinkSync(probe)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return fail(
      'data-dir',
      `${existing} cannot be written (${code})`,
      'change its owner or mode, or choose another with --data-dir',
    )
  }
  return ok('data-dir', existing === folder ? `${folder} can be written` : `${folder} can be made`)
}

function examinePrivacy(folder: string): Finding {
  const mode = existsSync(folder) ? statSync(folder).mode & 0o777 : 0o700
  const others = process.platform === 'win32' ? 0 : mode & 0o077
  if (others === 0) return ok('data-dir-mode', 'only its owner can enter the data folder')
  return warn(
    'data-dir-mode',
    `others can enter the data folder (mode ${mode.toString(8)})`,
    `run \`chmod 700 ${folder}\``,
  )
}

function examineDisk(existing: string): Finding {
  const { bavail, bsize } = statfsSync(existing)
  const free = bavail * bsize
  const message = `${formatBytes(free)} free on the disk of the data folder`
  const advice = 'make room, or choose a folder on another disk with --data-dir'
  if (free < LIMITS.minDiskBytes) return fail('disk', message, advice)
  return free < LIMITS.goodDiskBytes ? warn('disk', message, advice) : ok('disk', message)
}

export function examineSocket(place: ControlPlace): Finding {
  const path = shownPath(place)
  if (fits(path)) return ok('control-socket', `the control socket is ${path}`)
  const message = `${path} is longer than the path of a socket may be`
  if (place.socket !== undefined) return fail('control-socket', message, 'give a shorter one with --socket')
  return ok('control-socket', `${message}, so it will be a link to one in the temporary folder`)
}
