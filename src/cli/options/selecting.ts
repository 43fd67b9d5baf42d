import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'

const { servers } = groups

/** Which servers a run takes. */
export const selecting: OptionsByName = {
  inventory: flag(servers, 'the servers of the configured inventory, with their labels and addresses; of those named here, if any are'),
  where: text(servers, 'of the inventory, only servers that meet it: model=R640, rack~^A; may be given several times'),
  sample: text(servers, 'of the inventory, so many by chance: N or N%'),
  'sample-seed': text(servers, 'takes the same sample for the same text', { defaultDescription: 'by chance; with --shard BUILD_TAG' }),
  limit: text(servers, 'of the inventory, the first N of what is selected'),
  'allow-partial': flag(servers, 'it is well if some servers of the inventory could not be read'),
  'max-age': text(servers, 'take what was read of the inventory before if it is no older: 1h'),
  'stale-ok': flag(servers, 'take what was read of the inventory before, however old, if it is away, and say so'),
  shard: text(servers, 'only part k of n, by a stable hash of the ID: 2/4'),
  'failed-in': text(servers, 'only servers that did not pass in an earlier results.json'),
}
