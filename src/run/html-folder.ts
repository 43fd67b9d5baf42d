import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import { htmlOwnership } from '../clients/html-ownership.ts'
import type { ServerId } from '../model/server.ts'

const unlinksAtOnce = 64
const style = 'style.css'
const ourPage = /^servers-\d{1,6}\.html$/
const ourPlot = /^[a-z0-9-]{1,100}\.svg$/

/**
 * Removes the HTML report of these servers, which must never be published again: its own files by their names, and no other one. A folder
 * that is not ours is left alone. Where files of others stay in ours, so does its style, by which it is known as ours.
 *
 * @throws Error of the file system.
 */
export async function removeHtml(directory: string, servers: readonly ServerId[]): Promise<void> {
  const folder = join(directory, 'html')
  if ((await htmlOwnership(directory)).is !== 'ours') return
  const plots = join(folder, 'plots')
  await removeIn(join(folder, 'servers'), servers.map((id) => `${id}.html`))
  await pMap(servers, async (id) => removeIn(join(plots, 'servers', id), await namesIn(join(plots, 'servers', id), ourPlot)), { concurrency: unlinksAtOnce })
  await removeIn(join(plots, 'servers'), [])
  await removeIn(plots, await namesIn(plots, ourPlot))
  await removeIn(folder, [...(await namesIn(folder, ourPage)), 'index.html'])
  if ((await readdir(folder)).every((name) => name === style)) await removeIn(folder, [style])
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
