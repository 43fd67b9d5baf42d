import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'

/**
 * Looks for a program as the system will: in the folders of PATH if its name has no slash, otherwise from the directory it is started in.
 *
 * @returns Why it cannot be run, as a code of the system; nothing if it can.
 */
export async function whyNotRunnable(file: string, { directory, path }: { readonly directory: string; readonly path: string | undefined }): Promise<string | undefined> {
  const places = file.includes('/') ? [directory] : (path ?? '').split(delimiter)
  const reasons = await Promise.all(places.map((place) => whyNotAt(resolve(directory, place, file))))
  if (reasons.includes(undefined)) return undefined
  return reasons.find((reason) => reason !== 'ENOENT') ?? 'ENOENT'
}

async function whyNotAt(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile() ? undefined : 'EACCES'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'ENOENT'
  }
}
