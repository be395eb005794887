/**
 * Routers: one handle over many actors of a class, name by name.
 */
export type { AsksOfAll, BroadcastRouter } from './broadcast.ts'
export type { KeyOf } from './consistent-hash.ts'
export { router, routerOver } from './make.ts'
export type { Broadcast, Routees, RouterStrategy } from './options.ts'
export type { Router } from './router.ts'
export type { Call } from './strategy.ts'
