import type { Finding } from './finding.ts'
import { about } from './finding.ts'

export interface DescriptorsWorld {
  /** /proc/self/limits of Linux; nothing where there is none. */
  readonly limits: string | undefined
  /** The type of the provisioner; nothing if it is not known. */
  readonly provisioner: string | undefined
  /** The type of the benchmark; nothing where the provisioner measures, too. */
  readonly benchmark?: string | undefined
  readonly concurrency: number
}

/** For Node.js while it loads, which takes 100 at its peak, journal, lock and reports. */
const always = 128
/** A log for each server under way, and what an adapter holds open besides: in all, and for each server. */
const needs: Readonly<Record<string, { readonly inAll: number; readonly each: number }>> = {
  simulated: { inAll: 0, each: 1 },
  // Connections; there are no more of them, however many servers.
  http: { inAll: 64, each: 1 },
  // Two pipes to the script, and one while it is looked after.
  command: { inAll: 0, each: 4 },
}
/** What a benchmark needs while no other step of its server is under way: it calls a program, as scripts do. */
const ofBenchmark = 4
/** A module may start scripts, and talk to others too. */
const ofModule = { inAll: 0, each: 8 }

/** Looks at how many files and sockets this process may hold open. Node.js has raised the soft limit to the hard one by now. */
export function checkDescriptors({ limits, provisioner, benchmark, concurrency }: DescriptorsWorld): Finding {
  const { ok, warn } = about('descriptors')
  const limit = limits === undefined ? undefined : softLimitIn(limits)
  const { inAll, each } = needs[provisioner ?? ''] ?? ofModule
  const needed = always + inAll + Math.max(each, benchmark === undefined ? 0 : ofBenchmark) * concurrency
  if (limit === undefined) return warn('how many may be open is not known on this system', `see that \`ulimit -Hn\` says ${needed} or more`)
  const found = `${limit === Infinity ? 'any number' : limit} may be open; ${concurrency} servers at a time need about ${needed}`
  if (limit >= needed) return ok(found)
  return warn(found, `raise the hard limit (\`ulimit -Hn\`; LimitNOFILE= of the agent's service, nofile in limits.conf), or lower --concurrency`)
}

/** The soft limit of open files, in what Linux says of all limits. */
export function softLimitIn(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits) ?? []
  return soft === 'unlimited' ? Infinity : soft === undefined ? undefined : Number(soft)
}
