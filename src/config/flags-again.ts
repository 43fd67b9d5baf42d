import type { Flags, FlagName } from './settings.ts'
import { flagNames, ofInventory } from './settings.ts'

/** What is about one invocation only: where it writes, which servers it takes, how long it has. */
const notAgain: readonly FlagName[] = ['out', 'replace', 'force', 'dry-run', 'shard', 'failed-in', ...ofInventory, 'deadline', 'wipe-reserve', 'progress']

/** What may be given several times stands one a line. */
const given: readonly string[] = ['gate-open', 'gate-closed'] satisfies FlagName[]

/** The flags of a command line that make another run do the same with other servers: `--os=debian-12`, `--no-mark-broken`. */
export function flagsAgain(flags: Flags): string[] {
  const isKept = (name: string): boolean => (flagNames as readonly string[]).includes(name) && !(notAgain as readonly string[]).includes(name)
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || !isKept(name)) return []
    if (typeof value === 'string') return (given.includes(name) ? value.split('\n') : [value]).map((one) => `--${name}=${one}`)
    return [value ? `--${name}` : `--no-${name}`]
  })
}
