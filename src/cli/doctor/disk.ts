import { link, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What became of trying to write where a run directory is, or is to be. */
export type Disk =
  | { readonly is: 'writable'; readonly freeBytes: number; /** How many files may still be made; nothing where that is not counted. */ readonly freeFiles: number | undefined }
  | { readonly is: 'not writable'; /** The code of the system. */ readonly code: string }
  | { readonly is: 'without links'; readonly code: string }

/** Tries to write into a folder, or into the nearest one above it that is there, and leaves nothing behind. */
export async function tryDisk(directory: string): Promise<Disk> {
  const folder = await nearestFolder(directory)
  if (typeof folder !== 'string') return { is: 'not writable', code: folder.code }
  let own: string | undefined
  try {
    own = await mkdtemp(join(folder, '.rackbench-doctor-'))
    const file = join(own, 'file')
    await writeFile(file, 'rackbench doctor\n')
    // The lock of a run directory is a link.
    const linked = await link(file, join(own, 'link')).then(() => undefined, codeOf)
    if (linked !== undefined) return { is: 'without links', code: linked }
    const { bavail, bsize, files, ffree } = await statfs(folder)
    return { is: 'writable', freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree }
  } catch (error) {
    return { is: 'not writable', code: codeOf(error) }
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true })
  }
}

async function nearestFolder(path: string): Promise<string | { readonly code: string }> {
  try {
    return (await stat(path)).isDirectory() ? path : { code: 'ENOTDIR' }
  } catch (error) {
    const above = dirname(path)
    return codeOf(error) === 'ENOENT' && above !== path ? nearestFolder(above) : { code: codeOf(error) }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
