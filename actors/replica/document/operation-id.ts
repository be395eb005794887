/** The ids of operations, which are a number and an actor: 12@aa. What an operation has made bears its id. */

export function splitOp(op: string): [number: number, actor: string] {
  const at = op.indexOf('@')
  return [Number(op.slice(0, at)), op.slice(at + 1)]
}

/** Orders ids as the engine does, so that what knew of another comes after it. */
export function compareOps(a: string, b: string): number {
  const [numberA, actorA] = splitOp(a)
  const [numberB, actorB] = splitOp(b)
  if (numberA !== numberB) return numberA - numberB
  return actorA < actorB ? -1 : actorA > actorB ? 1 : 0
}
