import { open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import type { ServerId } from '../model/server.ts'

const unlinksAtOnce = 64
/** In the head of every page that is ours. */
const ourMark = '<meta name="generator" content="rackbench">'
const headLength = 1024
const ourPage = /^servers-\d{1,6}\.html$/
const ourPlot = /^[a-z0-9-]{1,100}\.svg$/

/**
 * Removes the HTML report of these servers, which must never be published again: its own files by their names, and no other one. A folder
 * whose index is not ours is somebody else's, and is left alone.
 *
 * @throws Error of the file system.
 */
export async function removeHtml(directory: string, servers: readonly ServerId[]): Promise<void> {
  const folder = join(directory, 'html')
  if (!(await isOurs(join(folder, 'index.html')))) return
  const plots = join(folder, 'plots')
  await removeIn(join(folder, 'servers'), servers.map((id) => `${id}.html`))
  await pMap(servers, async (id) => removeIn(join(plots, 'servers', id), await namesIn(join(plots, 'servers', id), ourPlot)), { concurrency: unlinksAtOnce })
  await removeIn(join(plots, 'servers'), [])
  await removeIn(plots, await namesIn(plots, ourPlot))
  // The index last: by it the rest is told from files of somebody else's.
  await removeIn(folder, ['style.css', ...(await namesIn(folder, ourPage)), 'index.html'])
}

async function isOurs(index: string): Promise<boolean> {
  const file = await open(index).catch(() => undefined)
  if (!file) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0)
    return buffer.toString('utf8', 0, bytesRead).includes(ourMark)
  } catch {
    return false
  } finally {
    await file.close()
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => pattern.test(name))
}

/** Removes files, and the folder if nothing else is in it. */
async function removeIn(folder: string, names: readonly string[]): Promise<void> {
  await pMap(names, (name) => rm(join(folder, name), { force: true }), { concurrency: unlinksAtOnce })
  await rmdir(folder).catch(() => {})
}
