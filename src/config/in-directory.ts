import { resolve } from 'node:path'
import type { Settings } from './kind.ts'

/** Scripts are looked for from the folder of the file that names them, also by a run that is resumed from elsewhere. */
export function inDirectory(settings: Settings, folder: string): Settings {
  const { directory = '.' } = settings
  const isText = typeof directory === 'string' && !directory.startsWith('${')
  return isText ? { ...settings, directory: resolve(folder, directory) } : settings
}
