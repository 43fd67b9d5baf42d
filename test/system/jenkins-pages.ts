import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

/** What Jenkins sends with every archived or published file since 2.417. */
const jenkinsPolicy = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"

/** As Jenkins' own server maps them; whatever else there is would be downloaded, which the sandbox forbids. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml', '.log': 'text/plain', '.txt': 'text/plain', '.json': 'application/json', '.xml': 'application/xml', '.csv': 'text/csv',
}

interface Pages {
  readonly url: string
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
  readonly close: () => Promise<void>
}

/** Serves files on loopback as Jenkins serves those of a build. `/published` shows `html/index.html` in a frame, as the HTML Publisher does. */
export async function servePages(files: ReadonlyMap<string, string>): Promise<Pages> {
  const missing: string[] = []
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname.slice(1))
    if (name === 'published') {
      response.writeHead(200, { 'Content-Type': 'text/html;charset=utf-8' }).end('<!DOCTYPE html><html lang="en"><title>Rackbench</title><iframe title="report" src="html/index.html" width="1200" height="800"></iframe></html>')
      return
    }
    const text = files.get(name)
    if (text === undefined && name !== 'favicon.ico') missing.push(name)
    const headers = { 'Content-Security-Policy': jenkinsPolicy, 'X-Content-Type-Options': 'nosniff' }
    if (text === undefined) response.writeHead(name === 'favicon.ico' ? 204 : 404, headers).end()
    else response.writeHead(200, { ...headers, 'Content-Type': types[path.extname(name)] ?? 'application/octet-stream' }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    missing,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
