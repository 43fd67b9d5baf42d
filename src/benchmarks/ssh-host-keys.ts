import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefectError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'

/** What is known of the host key of one install, and how ssh is told. */
export interface HostKeys {
  /** Options for a login to a server that was let in to before. */
  readonly strict: readonly string[]
  /** Options for a login that may be the first: none of what an earlier try has learnt is believed, since a server that boots may make its keys anew. */
  readonly first: () => Promise<FirstLogin>
  /** What the login that has just worked has learnt is believed from now on. */
  readonly keep: () => Promise<void>
  /** Where ssh is to be started; it need not be there yet. */
  readonly directory: string
}

interface FirstLogin {
  readonly options: readonly string[]
  /** Whether this install has let us in before: then another host key is another machine. */
  readonly isKnown: boolean
}

/** The user's own known_hosts decides. */
export function ownHostKeys(directory: string): HostKeys {
  const strict = ['StrictHostKeyChecking=yes']
  return { strict, first: async () => ({ options: strict, isKnown: false }), keep: async () => {}, directory }
}

/**
 * The host keys of one install, in a file of its own: its name tells server and install, its first line the run. It is named
 * relative to the folder that ssh is started in, since ssh reads more into a path than its characters.
 */
export function hostKeysOfInstall(folder: string, { id }: Server, { installNumber = 1, idempotencyKey }: Pick<StepContext, 'installNumber' | 'idempotencyKey'>): HostKeys {
  const name = `${id}.${installNumber}`
  const heading = `# host key of ${id}, install ${installNumber} of run ${idempotencyKey.split('/', 1)[0]?.replaceAll(/[^\w.-]/g, '_')}\n`
  const optionsFor = (checking: string, file: string): string[] => [`StrictHostKeyChecking=${checking}`, `UserKnownHostsFile=${file}`, 'GlobalKnownHostsFile=/dev/null', 'HashKnownHosts=no']
  const strict = optionsFor('yes', name)

  return {
    directory: folder,
    strict,
    async first() {
      const known = await readFile(join(folder, name), 'utf8').catch(() => '')
      if (known.startsWith(heading)) return { options: strict, isKnown: true }
      await writeFile(join(folder, `${name}.new`), heading, { mode: 0o600 })
      return { options: optionsFor('accept-new', `${name}.new`), isKnown: false }
    },
    async keep() {
      const learnt = await readFile(join(folder, `${name}.new`), 'utf8').catch(() => undefined)
      if (learnt === undefined) return
      if (learnt.trim() === heading.trim()) throw new DefectError(`ssh could not keep the host key of ${id} in ${folder}`)
      await rename(join(folder, `${name}.new`), join(folder, name))
    },
  }
}
