/**
 * Validators: decisions that no faulty minority can forge, final with the signatures of more than two thirds of the
 * stake.
 */
export { InvalidGenesisError, InvalidProofError } from '../../protocols/consensus/errors.ts'
export { createGenesis, type Genesis, type Parameters } from '../../protocols/consensus/genesis.ts'
export { LightClient } from '../../protocols/consensus/light-client.ts'
export { type Proven, verifyProof } from '../../protocols/consensus/proof.ts'
export type { Place } from '../../protocols/consensus/state/decisions.ts'
export type { Outcome, StateMachine, TransactionContext } from '../../protocols/consensus/state/machine.ts'
export { type Program, ProgramMachine, type ProgramStore } from '../../protocols/consensus/state/program.ts'
export {
  type RegistryOperation,
  readLeaseEpoch,
  registryTransaction,
} from '../../protocols/consensus/state/registry.ts'
export type {
  BlockHeader,
  Certificate,
  FinalityProof,
  OnceKey,
  Transaction,
} from '../../protocols/consensus/types.ts'
export { type Chain, type ChainOptions, chain } from './chain.ts'
export { crypto } from './crypto.ts'
export {
  type DecideOptions,
  type Decision,
  type Decisions,
  decisions,
  type FollowedDecision,
  type FollowOptions,
} from './decisions.ts'
export {
  AnswerGoneError,
  DecisionsPrunedError,
  InvalidDecisionError,
  NotFinalError,
  OtherChainError,
  ProofGoneError,
  TransactionRefusedError,
  ValidatorsMissingError,
} from './errors.ts'
export type { Protection } from './keys/key-file.ts'
export type { Committed } from './once.ts'
export { ConsensusProtocol, type NetworkConditions, type PerformanceMetrics } from './protocol.ts'
export { type ValidatorsOptions, validators } from './service.ts'
export type { ChainStatus, ValidatorStatus } from './status.ts'
