/**
 * The schema of the database, as the steps that lead to it. SQLite's `user_version` counts how many were
 * taken. A step that was released is never changed; a new one is added behind it.
 */
import type { DatabaseSync } from 'node:sqlite'
import { StorageFailedError } from '../../protocols/errors.ts'

/** Marks the file as ours, from the first table on: "NPlx". */
export const APPLICATION_ID = 0x4e506c78

const STEPS: readonly string[] = [
  // A chunk's `kind` is 0 for a snapshot and 1 for an incremental one; `number` grows in the order of
  // writing. The large bytes come last, so that what stands before them is read without them.
  `CREATE TABLE documents (
     number INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     bytes INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE chunks (
     number INTEGER PRIMARY KEY,
     document INTEGER NOT NULL REFERENCES documents,
     kind INTEGER NOT NULL,
     id TEXT NOT NULL,
     checksum INTEGER NOT NULL,
     bytes BLOB NOT NULL,
     UNIQUE (document, kind, id)
   ) STRICT;
   CREATE TABLE damaged (
     number INTEGER PRIMARY KEY,
     document INTEGER NOT NULL REFERENCES documents,
     kind INTEGER NOT NULL,
     id TEXT NOT NULL,
     found TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
     checksum INTEGER NOT NULL,
     bytes BLOB NOT NULL,
     UNIQUE (document, kind, id)
   ) STRICT;`,
]

/** Takes the steps that are missing, all or none. Refuses a file that a newer version has written. */
export function migrate(database: DatabaseSync, steps: readonly string[] = STEPS): void {
  const { user_version: taken } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (taken > steps.length)
    throw new StorageFailedError(
      `the database has schema ${taken}, and this version of neuroplex knows ${steps.length}: use the version that wrote it, or a newer one`,
    )
  if (taken === steps.length) return
  database.exec(`
    BEGIN IMMEDIATE;
    ${steps.slice(taken).join('\n')}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${steps.length};
    COMMIT`)
}
