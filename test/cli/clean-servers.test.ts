import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanServers } from '../../src/cli/clean-servers.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { createCleaner } from '../../src/run/clean.ts'

const secret = 'hunter2-hunter2'
const clean = createCleaner([secret])
const text = fc.oneof(fc.string({ maxLength: 10 }), fc.constantFrom(secret, `x${secret}y`, 'hunter2-', 'hunter2', '\u001b[31mred', 'two\nlines', '\ud800', '', '__proto__'))
const server = fc.record({ labels: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }), address: fc.option(text, { nil: undefined }) })
const asServer = ({ labels, address }: { readonly labels: Record<string, string>; readonly address: string | undefined }, index: number): Server => ({ id: String(index) as ServerId, ...(address !== undefined && { address }), labels })

test('no secret and no control character is left, wherever it stood', () => {
  fc.assert(
    fc.property(fc.array(server, { maxLength: 250 }), (given) => {
      const servers = given.map(asServer)
      const cleaned = cleanServers(servers, clean)
      expect(cleaned.map(({ id }) => id)).toEqual(servers.map(({ id }) => id))
      const texts = cleaned.flatMap(({ address = '', labels }) => [address, ...Object.entries(labels).flat()])
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(texts.filter((left) => left.includes(secret) || /[\u0000-\u001f\u007f-\u009f]/.test(left))).toEqual([])
    }),
  )
})

test('what is clean is left alone, and is not copied', () => {
  const servers = Array.from({ length: 250 }, (_, index) => asServer({ labels: { model: 'R640', note: 'so it is' }, address: '10.0.0.1' }, index))
  const dirty = asServer({ labels: { note: secret }, address: undefined }, 7)
  const cleaned = cleanServers(servers.with(7, dirty), clean)
  expect(cleaned[7]).toEqual({ id: '7', labels: { note: '***' } })
  expect(cleaned.filter((one, index) => one === servers[index])).toHaveLength(249)
})
