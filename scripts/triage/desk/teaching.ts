/** Sends a member of the committee to school, and again if the school burns down. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Lesson, SpamAgent } from '../team/spam-agent.ts'
import { repeated } from './repeated.ts'

/** Lessons that a member takes in at once: enough to be quick, few enough to show how it goes on. */
const PORTION = 16
const STUDY_MS = 120_000
const LEARN_MS = 10 * 60_000
const ATTEMPTS = 3

// biome-ignore lint/suspicious/noExplicitAny: what a member makes of a mail is its own affair.
type MemberRef = ActorRef<SpamAgent<any, any>>

/**
 * Teaches the lessons and gives the member's honest opinions on them, in order. When the member or its
 * model is lost on the way, school begins anew; what was learnt to the end outlives its thread.
 *
 * @param onStudied called with how many lessons have been taken in so far
 */
export function teach(
  member: MemberRef,
  lessons: readonly Lesson[],
  onStudied: (lessons: number) => void,
): Promise<readonly number[]> {
  return repeated(() => teachOnce(member, lessons, onStudied), ATTEMPTS)
}

async function teachOnce(
  member: MemberRef,
  lessons: readonly Lesson[],
  onStudied: (lessons: number) => void,
): Promise<readonly number[]> {
  await member.ask.forget()
  for (let at = 0; at < lessons.length; at += PORTION) {
    const portion = lessons.slice(at, at + PORTION)
    const studied = await member.within(STUDY_MS).ask.study(portion)
    if (studied !== at + portion.length) throw new Error(`${member.path} lost its lessons in a restart`)
    onStudied(studied)
  }
  const opinions = await member.within(LEARN_MS).ask.learn()
  if (opinions.length !== lessons.length) throw new Error(`${member.path} lost its lessons in a restart`)
  return opinions
}
