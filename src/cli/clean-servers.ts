import type { Server } from '../model/server.ts'
import type { Cleaner } from '../run/clean.ts'

/** So many are looked at in one: each text by itself takes many times as long, and most are clean. */
const atOnce = 100

/** Takes secrets and escape sequences out of what is known of servers. Those that have none are not copied. */
export function cleanServers(servers: readonly Server[], clean: Cleaner): readonly Server[] {
  const cleaned: Server[] = []
  for (let from = 0; from < servers.length; from += atOnce) {
    const some = servers.slice(from, from + atOnce)
    cleaned.push(...(isClean(some, clean) ? some : some.map((server) => (isClean([server], clean) ? server : cleanServer(server, clean)))))
  }
  return cleaned
}

/** Whether nothing in all of their texts is changed by cleaning them; also not where one text meets another. */
function isClean(servers: readonly Server[], { line }: Cleaner): boolean {
  const texts = servers.map(({ address = '', labels }) => {
    let text = address
    for (const name in labels) text += ` ${name} ${labels[name]}`
    return text
  })
  const text = `.${texts.join(' ')}.`
  return line(text, text.length) === text
}

function cleanServer({ id, address, labels }: Server, { line }: Cleaner): Server {
  const pairs = Object.entries(labels).map(([name, value]) => [line(name), line(value)] as const)
  return { id, ...(address !== undefined && { address: line(address) }), labels: Object.fromEntries(pairs) }
}
