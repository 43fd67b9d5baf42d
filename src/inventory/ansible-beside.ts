import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Tells of folders that Ansible would read besides an inventory, and that are not read here. */
export async function notReadBeside(path: string): Promise<readonly string[]> {
  const notes: string[] = []
  for (const name of ['group_vars', 'host_vars']) {
    const folder = join(dirname(path), name)
    const isThere = await stat(folder).then((found) => found.isDirectory(), () => false)
    if (isThere) notes.push(`${folder} is not read: for the variables in it, read what ansible-inventory --list --yaml prints`)
  }
  return notes
}
