import { describe, expect, test } from 'vitest'
import type { LeftOut, Listed } from '../../src/cli/listing.ts'
import { listServers } from '../../src/cli/listing.ts'
import { startPatience } from '../../src/cli/patience.ts'
import { whoseFault } from '../../src/cli/whose-fault.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import { createCleaner } from '../../src/run/clean.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

interface Outcome {
  readonly servers: readonly Listed[]
  readonly leftOut?: LeftOut
  readonly error?: string
}

async function listed(list: unknown, limitMs = 30_000): Promise<Outcome> {
  const clock = virtualClock()
  const servers: Listed[] = []
  const all = async (): Promise<Outcome> => {
    const listing = listServers({ name: 'mine', list: list as NonNullable<Provisioner['list']> }, { patience: startPatience({ limitMs, clock }), clean: createCleaner(['hunter2-hunter2']), log: () => {} })
    try {
      for (;;) {
        const next = await listing.next()
        if (next.done === true) return { servers, leftOut: next.value }
        servers.push(next.value)
      }
    } catch (error) {
      return { servers, error: whoseFault(error).text }
    }
  }
  return clock.run(all())
}
const telling = (...told: readonly unknown[]) => async function* list(): AsyncGenerator {
  yield* told
}
const none: LeftOut = { twice: new Set(), unusable: 0 }

describe('the list of a provisioner', () => {
  test('has each server once, with its texts cleaned and bounded', async () => {
    const told = [{ id: '101', state: 'clean', labels: {} }, { id: 'b', state: 'in\u001b[31mstalled', address: '10.0.0.2\nx', labels: { 'a\tb': 'hunter2-hunter2', long: 'x'.repeat(1000) } }, { id: '101', state: 'broken', labels: {} }]
    const { servers, leftOut } = await listed(telling(...told))
    expect(servers).toEqual([
      { id: '101', state: 'clean', labels: {} },
      { id: 'b', state: 'installed', address: '10.0.0.2 x', labels: { 'a  b': '***', long: expect.stringMatching(/^x+\.\.\. \(1000 characters\)$/) } },
    ])
    expect(servers[1]?.labels['long']).toHaveLength(200)
    expect(leftOut).toEqual({ twice: new Set(['101']), unusable: 0 })
  })

  test('may leave out what it does not know', async () => {
    expect(await listed(telling({ id: '1', state: undefined, address: '', labels: null }))).toEqual({ servers: [{ id: '1', state: 'undefined', labels: {} }], leftOut: none })
  })

  test('has no servers that could not be named', async () => {
    expect(await listed(telling(null, 7, 'x', {}, { id: '../etc' }, { id: 101, state: 'clean' }))).toEqual({ servers: [], leftOut: { ...none, unusable: 6 } })
  })

  test('has few labels of a server that has many', async () => {
    const { servers } = await listed(telling({ id: '1', state: 'clean', labels: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`l${at}`, at])) }))
    expect(Object.keys(servers[0]?.labels ?? {})).toHaveLength(50)
  })

  test('may take for ever, but not from one server to the next', async () => {
    async function* slow({ signal }: { readonly signal: AbortSignal }): AsyncGenerator {
      yield { id: '1', state: 'clean', labels: {} }
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    expect(await listed(slow)).toEqual({ servers: [{ id: '1', state: 'clean', labels: {} }], error: 'the provisioner, or the network to it, is away: no answer within 30s (ProvisionerUnavailableError)' })
  })

  test('of an adapter that hears no signal is given up', async () => {
    const deaf = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
    expect((await listed(() => deaf)).error).toBe('the adapter or this machine is at fault, not the provisioner: it has not answered within 30s, and did not heed its signal (DefectError)')
  })

  test.each<[string, unknown]>([
    ['a promise', async () => []],
    ['nothing', () => undefined],
    ['an array', () => [{ id: '1' }]],
  ])('is none if it is %s', async (_what, list) => {
    expect((await listed(list)).error).toContain('list() did not answer with an async iterable')
  })

  test('ends at the provisioner when nobody wants more of it', async () => {
    let isClosed = false
    async function* endless(): AsyncGenerator {
      try {
        for (let number = 1; ; number++) yield { id: String(number), state: 'clean', labels: {} }
      } finally {
        isClosed = true
      }
    }
    const clock = virtualClock()
    const asked = { patience: startPatience({ limitMs: 1000, clock }), clean: createCleaner([]), log: () => {} }
    for await (const { id } of listServers({ name: 'mine', list: endless as unknown as NonNullable<Provisioner['list']> }, asked)) if (id === '3') break
    expect([isClosed, clock.waiting()]).toEqual([true, 0])
  })
})
