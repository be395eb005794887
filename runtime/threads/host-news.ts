/**
 * What a thread does with the news of others, which nobody waits for.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Ref } from '../actor/ref.ts'
import type { BirthMessage } from '../supervision/child.ts'
import type { Host } from './host.ts'
import { takeOver } from './host-births.ts'

interface News {
  'child-wants-to-stop': { parent: number; key: ChildKey }
  'take-over': BirthMessage
  finish: { serial: number; path: string; exit: Exit }
  watch: { serial: number; path: string }
  unwatch: { serial: number }
  exited: { serial: number; exit: Exit }
  link: { serial: number; path: string; from: Ref }
  'partner-left': { serial: number; partner: { thread: number; serial: number }; exit: Exit }
  interest: { topic: string; wanted: boolean }
  publish: { topic: string; message: unknown }
}

type Hearers = { [K in keyof News]: (news: News[K], from: number) => void }

/** @returns what is to be done with one piece of news; what only the system knows is left to `host.otherNews`. */
export function hearNews(host: Host): (from: number, kind: string, content: unknown) => void {
  const hearers: Hearers = {
    'child-wants-to-stop': ({ parent, key }) => {
      const family = host.exported(parent)?.family
      const child = family?.get(key)
      if (child !== undefined) family?.childWantsToStop(child)
    },
    'take-over': (birth) => takeOver(host, birth),
    finish: ({ serial, path, exit }) => finish(host, serial, path, exit),
    watch: ({ serial, path }, from) => host.watches.watchedFrom(from, serial, path),
    unwatch: ({ serial }, from) => host.watches.unwatchedFrom(from, serial),
    exited: ({ serial, exit }, from) => host.watches.exited(from, serial, exit),
    link: ({ serial, path, from }) => host.partners.linkedFrom(serial, path, from),
    'partner-left': ({ serial, partner, exit }) => host.partners.partnerLeft(serial, partner, exit),
    interest: ({ topic, wanted }, from) => host.topics.interest(from, topic, wanted),
    publish: ({ topic, message }) => host.topics.deliver(topic, message),
  }
  return (from, kind, content) => {
    const hear = hearers[kind as keyof News] as ((news: unknown, from: number) => void) | undefined
    if (hear !== undefined) hear(content, from)
    else host.otherNews(kind, content)
  }
}

/** An actor that isn't brought back: its cell ends, or those who wait for it hear that it is gone. */
function finish(host: Host, serial: number, path: string, exit: Exit): void {
  const cell = host.exported(serial)
  if (cell !== undefined) cell.finish(exit)
  else {
    host.departed.add(serial, path)
    host.arrivals.givenUp(serial, path)
    if (host.events.exitsWanted) host.events.exited(exit)
  }
}
