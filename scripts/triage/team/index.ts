/** All actors of the team: the module that every thread imports to find their classes. */
export { Inference } from '../../../actors/agent/inference.ts'
export { ChaosParser, Saboteur } from '../chaos/actors.ts'
export { Clerk } from './clerk.ts'
export { CommitteeAgent } from './committee.ts'
export { HeadersAgent, MeaningAgent, WordsAgent } from './members.ts'
export { Parser } from './parser.ts'
export { Reader } from './reader.ts'
export { Warden } from './warden.ts'
