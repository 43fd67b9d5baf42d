import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What stands before an Ironic, hands everything on, and knows what was taken. */
export interface GoBetween extends AsyncDisposable {
  readonly url: string
  /** How many installs Ironic has taken for a node. */
  readonly installsOf: (name: string) => number
  /** The next order to install that Ironic takes is not answered: its connection is cut. */
  readonly cutNextInstall: () => void
}

export async function goBetween(url: string): Promise<GoBetween> {
  const installs = new Map<string, number>()
  let isToCut = false

  async function relay(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from)
    const name = /^\/v1\/nodes\/([^/]+)\/states\/provision$/.exec(from.url ?? '')?.[1]
    const isInstall = name !== undefined && /"target":\s*"(?:active|rebuild)"/.test(body.toString())
    const asked = request(`${url}${from.url}`, { method: from.method ?? 'GET', headers: { ...from.headers, host: new URL(url).host, connection: 'close' } }, (answer) => {
      const isTaken = isInstall && answer.statusCode === 202
      if (isTaken) installs.set(name, (installs.get(name) ?? 0) + 1)
      if (isTaken && isToCut) {
        isToCut = false
        from.socket.destroy()
        return
      }
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    asked.on('error', () => from.socket.destroy())
    asked.end(body)
  }
  const server = createServer((from, to) => void relay(from, to).catch(() => from.socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    installsOf: (name) => installs.get(name) ?? 0,
    cutNextInstall: () => void (isToCut = true),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
