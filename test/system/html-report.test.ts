import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderHtml } from '../../src/reporters/html/render.ts'
import { fleetReport } from '../fixtures/fleet-report.ts'
import { servePages } from './jenkins-pages.ts'

const executablePath = '/usr/bin/chromium'
const isThere = existsSync(executablePath)
const why = isThere ? '' : ` (not installed: ${executablePath}, of the package chromium)`

/** Set to have docs/screenshots made anew. */
const isUpdate = process.env['UPDATE_SCREENSHOTS'] === '1'

/** The name of a server of the fleet below that failed, and of one that passed. */
const failed = 'rack01-04'
const passed = 'rack01-02'

const input = fleetReport({ servers: 60, past: 12 })
const files = new Map([...renderHtml(input)].map(({ path, chunks }) => [path, [...chunks].join('')]))
for (const server of input.results.servers) if (server.startedAt !== null) files.set(`logs/${server.id}.log`, `info  install: ${server.id}\n`)
for (const name of ['results.json', 'junit.xml', 'failed-servers.txt']) files.set(name, name.endsWith('.xml') ? '<a/>' : '{}')
files.set('bait.html', '<!DOCTYPE html><html lang="en"><title>bait</title><p style="color: red">red</p></html>')
const large = fleetReport({ servers: 1040 })
for (const { path, chunks } of renderHtml(large)) if (!path.startsWith('html/servers/')) files.set(path.replace('html/', 'large/'), [...chunks].join(''))

let browser: Browser
let site: Awaited<ReturnType<typeof servePages>>

beforeAll(async () => {
  if (!isThere) return
  site = await servePages(files)
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  // A browser takes its time to start on a machine that is busy.
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Opens a page, and hears of whatever the browser complains of. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await (await browser.newContext(options)).newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText ?? ''}`))
  await page.goto(`${site.url}/${path}`, { waitUntil: 'load' })
  return { page, complaints }
}

async function close(page: Page): Promise<void> {
  await page.context().close()
}

/** The sources of images that did not load. */
function brokenImages(page: Page): Promise<string[]> {
  return page.evaluate('[...document.images].filter(({ complete, naturalWidth }) => !complete || naturalWidth === 0).map(({ src }) => src)')
}

/** The first page of the long table would take axe a quarter of a minute each time. */
const audited = ['html/index.html', `html/servers/${failed}.html`, `html/servers/${passed}.html`, 'large/servers-2.html']
const pages = [...audited, 'large/index.html', 'large/servers-1.html']

describe.skipIf(!isThere)(`under the policy of Jenkins${why}`, () => {
  test('a page that breaks the policy is told of, so that silence means something', async () => {
    const { page, complaints } = await open('bait.html')
    expect(complaints.join('\n')).toContain('Content Security Policy')
    await close(page)
  })

  test.each(pages)('%s renders without a complaint, in its own style, with every image', async (path) => {
    const { page, complaints } = await open(path)
    expect({ complaints, broken: await brokenImages(page) }).toEqual({ complaints: [], broken: [] })
    expect(await page.evaluate('getComputedStyle(document.querySelector("table")).borderCollapse')).toBe('collapse')
    expect(site.missing).toEqual([])
    await close(page)
  })

  test('a click in the published frame leads to the page of a server, to its log, and back', async () => {
    const { page, complaints } = await open('published')
    const frame = page.frames()[1]!
    await frame.waitForLoadState()
    await frame.locator(`h3 a[href$="${failed}.html"]`).click()
    await frame.waitForURL(`**/servers/${failed}.html`)
    await frame.locator('a[href$=".log"]').first().click()
    await frame.waitForURL(`**/logs/${failed}.log`)
    await page.evaluate('history.back()')
    await frame.waitForURL(`**/servers/${failed}.html`)
    await frame.locator('nav a', { hasText: 'Report of the run' }).click()
    await frame.waitForURL('**/html/index.html')
    expect(complaints).toEqual([])
    await close(page)
  })

  test('the last lines of a log open by keyboard', async () => {
    const { page } = await open('html/index.html')
    await page.locator('details summary').first().focus()
    const isOpen = (): Promise<unknown> => page.evaluate('document.querySelector("details").open')
    expect(await isOpen()).toBe(false)
    await page.keyboard.press('Enter')
    expect(await isOpen()).toBe(true)
    await close(page)
  })

  test('the first press of Tab offers the way past the header', async () => {
    const { page } = await open('html/index.html')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('[document.activeElement.textContent, document.activeElement.getBoundingClientRect().left >= 0]')).toEqual(['To the content', true])
    await close(page)
  })

  test.each([320, 1280])('no page is wider than a window of %d pixels: a wide table scrolls by itself', async (width) => {
    const tooWide: string[] = []
    for (const path of pages) {
      const { page } = await open(path, { viewport: { width, height: 800 } })
      if (await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) tooWide.push(path)
      await close(page)
    }
    expect(tooWide).toEqual([])
  })
})

interface Finding {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

describe.skipIf(!isThere)(`axe finds nothing serious${why}`, () => {
  const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  const views = (['light', 'dark'] as const).flatMap((colorScheme) => [400, 1280].map((width) => ({ colorScheme, width })))

  test.each(views)('in $colorScheme at $width pixels', async ({ colorScheme, width }) => {
    const axe = await readFile(script, 'utf8')
    const found: string[] = []
    for (const path of audited) {
      // Only here the policy is put aside: it would keep axe out as well.
      const { page } = await open(path, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true })
      await page.evaluate(axe)
      const violations = await page.evaluate<readonly Finding[]>('axe.run().then(({ violations }) => violations)')
      found.push(...violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${path}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`))
      await close(page)
    }
    expect(found).toEqual([])
  })
})

const shots = [
  { name: 'report-light', path: 'html/index.html', colorScheme: 'light', from: 'body' },
  { name: 'report-dark', path: 'html/index.html', colorScheme: 'dark', from: 'body' },
  { name: 'report-server', path: `html/servers/${failed}.html`, colorScheme: 'light', from: 'body' },
  { name: 'report-plots', path: 'large/index.html', colorScheme: 'light', from: '#plots' },
] as const
const folder = new URL('../../docs/screenshots/', import.meta.url)

describe.skipIf(!isThere)(`screenshots${why}`, () => {
  test.each(shots)('$name is taken as it is rendered, and is in the documents', async ({ name, path, colorScheme, from }) => {
    const { page } = await open(path, { colorScheme, viewport: { width: 1100, height: 900 } })
    const { y = 0 } = (await page.locator(from).first().boundingBox()) ?? {}
    const png = await page.screenshot({ clip: { x: 0, y, width: 1100, height: 1400 }, fullPage: true })
    expect(png.byteLength).toBeLessThan(300_000)
    const file = new URL(`${name}.png`, folder)
    if (isUpdate) {
      await mkdir(folder, { recursive: true })
      await writeFile(file, png)
    }
    expect(existsSync(file)).toBe(true)
    await close(page)
  })
})
