import type { Finding } from './finding.ts'
import { about } from './finding.ts'

/** What rackbench runs on. */
export interface Platform {
  readonly rackbench: string
  /** Without a `v`. */
  readonly node: string
  /** As Node.js names it: `linux`. */
  readonly system: string
  readonly release: string
  readonly arch: string
}

/** The oldest Node.js that has all that is used: as `engines` of package.json says. */
export const oldestNode = '20.19'
/** The major versions of Node.js that every change is tried on. */
const triedOn = [20, 22, 24]

export function checkVersions({ rackbench, node, system, release, arch }: Platform): Finding[] {
  return [about('rackbench').ok(rackbench), checkNode(node), checkSystem(system, `${release} ${arch}`)]
}

function checkNode(version: string): Finding {
  const { ok, warn, fail } = about('node')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldestNode.split('.').map(Number)
  const todo = `install Node.js ${triedOn.at(-1)}, or another of ${triedOn.join(', ')}`
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) return fail(`${version} is older than ${oldestNode}, which rackbench needs`, todo)
  return triedOn.includes(major) ? ok(version) : warn(`rackbench is not tried on ${version}`, todo)
}

function checkSystem(system: string, version: string): Finding {
  const { ok, warn } = about('system')
  return system === 'linux' ? ok(`${system} ${version}`) : warn(`${system} ${version}: rackbench is made for Linux`, 'use a Linux machine: processes, locks and limits are looked at as Linux shows them')
}
