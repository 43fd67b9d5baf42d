import { createRequire } from 'node:module'
import type { Builder } from 'junit-report-builder'

// The package's types say that it has a default export; as a CommonJS module it is that export.
const shared = createRequire(import.meta.url)('junit-report-builder') as Builder

/** A report of its own: what the package exports is one builder, shared by all who import it. */
export function newReport(): Builder {
  return shared.newBuilder()
}
