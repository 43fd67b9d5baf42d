import { createRequire } from 'node:module'
import type * as sqlite from 'node-sqlite3-wasm'

/** SQLite, compiled to WebAssembly: it runs wherever Node does. It must be closed by whoever opens it. */
export type Database = sqlite.Database
export type Statement = sqlite.Statement
export type Row = sqlite.NormalQueryResult

/** Loaded only when something is asked: 1.3 MB that no run needs. */
export function openDatabase(file: string, options: { readonly readOnly: boolean }): Database {
  const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm') as typeof sqlite
  return new Database(file, options)
}
