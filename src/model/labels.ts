import type { Installed, Server } from './server.ts'
import type { ServerState } from './server-state.ts'

/** All that is known of a machine in words: what its install found out, and the labels it was given, which win. */
export function labelsOf({ labels }: Pick<Server, 'labels'>, installed: Installed | undefined): Readonly<Record<string, string>> {
  return { ...installed?.facts, ...labels }
}

/** The same of a server of a run, as far as it is known by now. */
export function knownLabels({ server, install }: Pick<ServerState, 'server' | 'install'>): Readonly<Record<string, string>> {
  return labelsOf(server, install?.status === 'passed' ? install.installed : undefined)
}
