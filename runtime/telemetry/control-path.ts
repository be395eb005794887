/**
 * Where a node's control socket is.
 *
 * It is `control.sock` in the data folder. The operating system bounds the length of a socket's path
 * to about a hundred bytes; where the data folder's is longer, the socket is in a private folder of
 * its own under the temporary folder and `control.sock` is a symbolic link to it. The client follows
 * that link itself, since the bound holds for the path that it connects to.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmdirSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { ControlPathTooLongError } from './control-errors.ts'

export const DEFAULT_DATA_DIR = '.neuroplex'
const SOCKET_NAME = 'control.sock'
const REFUGE_PREFIX = 'neuroplex-'

/** Bytes that fit into `sockaddr_un.sun_path` with the byte that ends it. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103

/** Which node is meant: by its data folder or by its socket itself. */
export interface ControlPlace {
  dataDir?: string
  socket?: string
}

/** The path that people see: the socket, or the link to it. */
export function shownPath({ dataDir, socket }: ControlPlace): string {
  if (socket !== undefined) return resolve(socket)
  if (process.platform === 'win32') return pipeName(dataDir)
  return resolve(dataDir ?? DEFAULT_DATA_DIR, SOCKET_NAME)
}

/** The path to connect to. Throws ControlPathTooLongError for a socket that was given and can't be reached. */
export function connectPath(place: ControlPlace): string {
  const shown = shownPath(place)
  if (fits(shown)) return followLink(shown)
  if (place.socket !== undefined) throw new ControlPathTooLongError(shown, MAX_PATH_BYTES)
  return followLink(shown)
}

/** The path to listen on, and the link that leads to it where the shown path is too long. */
export function listenPath(place: ControlPlace): { path: string; link?: string } {
  const shown = shownPath(place)
  if (isPipe(shown)) return { path: shown }
  if (place.socket === undefined) mkdirSync(dirname(shown), { recursive: true, mode: 0o700 })
  if (fits(shown)) return { path: shown }
  if (place.socket !== undefined) throw new ControlPathTooLongError(shown, MAX_PATH_BYTES)
  return { path: refuge(), link: shown }
}

/** What a link leads to; the path itself where it is none. */
function followLink(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : path
  } catch {
    return path
  }
}

/** Removes a socket, or a link with the socket that it leads to and the private folder that was made for that. */
export function removeSocket(shown: string): void {
  const target = followLink(shown)
  ignoreMissing(() => unlinkSync(target))
  if (target === shown) return
  ignoreMissing(() => unlinkSync(shown))
  const folder = dirname(target)
  if (basename(folder).startsWith(REFUGE_PREFIX)) ignoreMissing(() => rmdirSync(folder))
}

export function isPipe(path: string): boolean {
  return path.startsWith('\\\\.\\pipe\\')
}

/** A fresh folder that only its owner can enter; nobody else can have prepared it. */
function refuge(): string {
  for (const base of [tmpdir(), '/tmp']) {
    const longest = join(base, `${REFUGE_PREFIX}XXXXXX`, SOCKET_NAME)
    if (fits(longest)) return join(mkdtempSync(join(base, REFUGE_PREFIX)), SOCKET_NAME)
  }
  throw new ControlPathTooLongError(join(tmpdir(), SOCKET_NAME), MAX_PATH_BYTES)
}

function pipeName(dataDir = DEFAULT_DATA_DIR): string {
  const digest = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16)
  return `\\\\.\\pipe\\neuroplex-${digest}`
}

/** Whether the operating system can listen on the path. */
export function fits(path: string): boolean {
  return isPipe(path) || Buffer.byteLength(path) <= MAX_PATH_BYTES
}

function ignoreMissing(remove: () => void): void {
  try {
    remove()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error
  }
}
