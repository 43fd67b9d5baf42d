import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What every page of ours names as its generator, near its beginning. */
export const pageGenerator = 'rackbench'
/** At the beginning of our style.css, which is the first file of a report that is written and the last one that is removed. */
export const styleMark = '/* rackbench: the style of its report */'

/** Whose the folder of the HTML report is. */
export type HtmlOwnership =
  | { readonly is: 'nobody' }
  | { readonly is: 'ours' }
  /** Nothing may be written to it, or removed. `because` says in words for a person why, and what to do. */
  | { readonly is: 'not ours'; readonly because: string }

const pageMark = `<meta name="generator" content="${pageGenerator}">`
const headLength = 1024
const folders = ['', 'plots', 'plots/servers', 'servers']
const unfinished = '.style.css.part'
const wayOut = 'move it away, or use another --out'

/** Tells whether `html/` in a directory may be written to: it may where it is not there, empty, or a report of ours. A link is not followed. */
export async function htmlOwnership(directory: string): Promise<HtmlOwnership> {
  const html = join(directory, 'html')
  for (const folder of folders) {
    const found = await kindOf(join(html, folder))
    if (found === 'nothing' && folder === '') return { is: 'nobody' }
    const shown = folder === '' ? 'it' : `html/${folder}`
    if (found === 'link') return notOurs(`${shown} is a symbolic link, which is not followed`)
    if (found === 'file') return notOurs(`${shown} is there already, and is not a folder`)
  }
  // With an index, it tells; without one, the report is being made or removed.
  const [name, mark] = (await kindOf(join(html, 'index.html'))) === 'nothing' ? (['style.css', styleMark] as const) : (['index.html', pageMark] as const)
  if (await hasMark(join(html, name), mark)) return { is: 'ours' }
  const names = await readdir(html).catch(() => undefined)
  return names?.every((there) => there === unfinished) ? { is: 'nobody' } : notOurs('it is there already, and is not a report of rackbench')
}

function notOurs(what: string): HtmlOwnership {
  return { is: 'not ours', because: `${what}: ${wayOut}` }
}

async function kindOf(path: string): Promise<'nothing' | 'folder' | 'link' | 'file'> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return 'nothing'
  return found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'folder' : 'file'
}

async function hasMark(path: string, mark: string): Promise<boolean> {
  // Whoever opens a pipe waits for its other end.
  const found = await lstat(path).catch(() => undefined)
  const file = found?.isFile() ? await open(path).catch(() => undefined) : undefined
  if (!file) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0)
    return buffer.toString('utf8', 0, bytesRead).includes(mark)
  } catch {
    return false
  } finally {
    await file.close()
  }
}
