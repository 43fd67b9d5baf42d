import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'
import { runOptions } from './run.ts'

const { answer, choosing } = groups

/** The options of `rackbench inventory`. */
export const inventoryOptions: OptionsByName = {
  where: text(choosing, 'only servers that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  limit: text(choosing, 'the first N of them'),
  format: text(answer, 'table, json (one object, by ID), ndjson (one JSON object a line), csv, or ids (one a line, fit for `run -`)', { defaultDescription: 'table' }),
  'max-age': text(answer, 'take what was read before if it is no older: 1h; kept in ~/.cache/rackbench, or where cache: says'),
  'stale-ok': flag(answer, 'take what was read before, however old, if the inventory is away, and say so'),
  'allow-partial': flag(answer, 'exit 0 also if some servers could not be read'),
  config: runOptions['config']!,
}
