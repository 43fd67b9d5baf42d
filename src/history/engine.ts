import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import type * as sqlite from 'node-sqlite3-wasm'

/** SQLite, compiled to WebAssembly: it runs wherever Node does. It must be closed by whoever opens it. */
export type Database = sqlite.Database
export type Statement = sqlite.Statement
export type Row = sqlite.NormalQueryResult

let engine: typeof sqlite | undefined

export function openDatabase(file: string, options: { readonly readOnly: boolean }): Database {
  engine ??= load(options)
  return new engine.Database(file, options)
}

/**
 * Loaded only when something is asked: 1.3 MB that no run needs. A question takes milliseconds, and V8 would optimise the engine for it on
 * all cores for longer than that: whoever reads first is served by code that is compiled in one go.
 */
function load({ readOnly }: { readonly readOnly: boolean }): typeof sqlite {
  if (readOnly) setFlagsFromString('--liftoff-only')
  try {
    return createRequire(import.meta.url)('node-sqlite3-wasm') as typeof sqlite
  } finally {
    if (readOnly) setFlagsFromString('--no-liftoff-only')
  }
}
