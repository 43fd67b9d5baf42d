import type { Installed, Server } from './server.ts'

/** All that is known of a machine in words: what its install found out, and the labels it was given, which win. */
export function labelsOf({ labels }: Pick<Server, 'labels'>, installed: Installed | undefined): Readonly<Record<string, string>> {
  return { ...installed?.facts, ...labels }
}
