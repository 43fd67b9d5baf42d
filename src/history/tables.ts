import type { PastRun } from '../model/past-run.ts'
import type { Database, Row, Statement } from './engine.ts'

/** Another number makes another cache: it is never converted. */
export const tablesVersion = 1

/** A server's runs lie side by side, so that its history is read at once. */
const tables = `
  CREATE TABLE run (number INTEGER PRIMARY KEY, file TEXT UNIQUE, started INTEGER, head TEXT, passed INTEGER, failed INTEGER, skipped INTEGER);
  CREATE TABLE measured (server TEXT, started INTEGER, number INTEGER, status TEXT, told TEXT, PRIMARY KEY (server, started, number)) WITHOUT ROWID;
  PRAGMA user_version = ${tablesVersion};
`
/** Made when all is in: thrice as fast. */
const index = 'CREATE INDEX IF NOT EXISTS of_run ON measured (number)'

/** What changes in a database: a file that is to be held from now on, or that is not any more. */
export type Change = { readonly take: string; readonly startedAt: number; readonly run: PastRun } | { readonly drop: string }

/** Makes the tables in an empty database. */
export function makeTables(database: Database): void {
  database.exec(tables)
}

/** The names of the files that a database holds. @throws Error if it is none of ours, or damaged. */
export function heldFiles(database: Database): ReadonlySet<string> {
  const version = Number(database.get('PRAGMA user_version')?.['user_version'])
  if (version !== tablesVersion) throw new Error(`its version is ${version} and not ${tablesVersion}`)
  // One long text: each row would cost as much as a hundred names.
  const { files } = database.get("SELECT group_concat(file, '/') AS files FROM run") as Row
  return new Set(files === null ? [] : String(files).split('/'))
}

/** Makes all changes, or none of them. */
export async function makeChanges(database: Database, changes: AsyncIterable<Change> | Iterable<Change>): Promise<void> {
  // Nobody else reads this file yet, and it is thrown away if this fails.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000; BEGIN')
  let number = Number(database.get('SELECT coalesce(max(number), 0) AS last FROM run')?.['last'])
  const intoRun = database.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)')
  const intoMeasured = database.prepare('INSERT OR REPLACE INTO measured VALUES (?, ?, ?, ?, ?)')
  try {
    for await (const change of changes) {
      if ('drop' in change) {
        database.run('DELETE FROM measured WHERE number = (SELECT number FROM run WHERE file = ?)', change.drop)
        database.run('DELETE FROM run WHERE file = ?', change.drop)
      } else take(change, ++number, { intoRun, intoMeasured })
    }
  } finally {
    intoRun.finalize()
    intoMeasured.finalize()
  }
  database.exec(`${index}; COMMIT`)
}

interface Into {
  readonly intoRun: Statement
  readonly intoMeasured: Statement
}

function take({ take: file, startedAt, run: { servers, ...head } }: Extract<Change, { take: string }>, number: number, { intoRun, intoMeasured }: Into): void {
  const count = (status: string): number => servers.filter((server) => server.status === status).length
  intoRun.run([number, file, startedAt, JSON.stringify(head), count('passed'), count('failed'), count('skipped')])
  for (const server of servers) intoMeasured.run([server.id, startedAt, number, server.status, JSON.stringify(server)])
}
