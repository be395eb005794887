/** A state machine whose whole state is one table: the root of the table is its root, the entries are its pieces. */
import type { Crypto, Hash } from '../types.ts'
import type { Outcome, StateMachine, TransactionContext } from './machine.ts'
import { Table, type ValueFormat } from './table.ts'

export abstract class TableMachine<V> implements StateMachine {
  abstract readonly name: string
  protected readonly table: Table<V>

  constructor(format: ValueFormat<V>, crypto: Crypto) {
    this.table = new Table(format, crypto)
  }

  abstract apply(payload: Uint8Array, context: TransactionContext): Outcome

  root(): Hash {
    return this.table.root()
  }

  save(): Iterable<Uint8Array> {
    return this.table.save()
  }

  load(pieces: Iterable<Uint8Array>): void {
    this.table.load(pieces)
  }
}
