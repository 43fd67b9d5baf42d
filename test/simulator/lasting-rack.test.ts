import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProvisionerUnavailableError, ServerNotOursError, UnknownServerError } from '../../src/model/fault.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { LastingRack, RackRecord } from '../../src/simulator/lasting-rack.ts'
import { lastingRackOf, rackRecordSchema } from '../../src/simulator/lasting-rack.ts'
import { hear } from '../../src/simulator/lasting-operation.ts'
import type { RackStep } from '../../src/simulator/simulation.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'

const id = '101' as ServerId

interface Trial {
  readonly rack: () => LastingRack
  readonly at: { now: number }
  readonly does: (step: RackStep, n?: number) => string
  /** Forgets all but what is written. */
  readonly restart: () => void
}

function trial(behaviour: object = {}, more: object = {}): Trial {
  const at = { now: 1000 }
  const simulation = readSimulation({ servers: { '101': behaviour }, ...more })
  const open = (past?: RackRecord): LastingRack => lastingRackOf({ simulation, now: () => at.now, mint: (number) => `op-${number}`, past, onChange: () => {} })
  let rack = open()
  return {
    rack: () => rack,
    at,
    does: (step, n = 1) => rack.order({ server: { id, labels: {} }, step, key: `r/101/${step}/${n}`, os: 'debian-12', reason: 'slow' }).id,
    restart: () => {
      rack = open(rackRecordSchema.parse(JSON.parse(JSON.stringify(rack.record()))))
    },
  }
}

describe('an operation', () => {
  test('goes on by time, says its lines once, and ends when it is due', () => {
    const { rack, does, at } = trial()
    const operation = does('install')
    const listen = (): unknown => {
      const found = rack().operation(operation)!
      return [found.end?.is, hear(found, at.now)]
    }
    expect(listen()).toEqual([undefined, ['simulated: PXE boot']])
    at.now += 700
    expect([listen(), rack().look(id).state]).toEqual([[undefined, ['simulated: writing debian-12 to disk', 'simulated: first boot']], 'installed'])
    at.now += 299
    expect(listen()).toEqual([undefined, []])
    at.now += 1
    expect([listen(), rack().operation(operation)?.end]).toEqual([['succeeded', []], { at: 2000, is: 'succeeded', answer: { facts: { os: 'debian-12' } } }])
  })

  test('goes on where no process lives, and is found again under its name and its key', () => {
    const { rack, does, at, restart } = trial()
    const first = does('install')
    at.now += 500
    restart()
    expect([does('install'), rack().operation(first)?.end]).toEqual([first, undefined])
    at.now += 500
    restart()
    expect([rack().operation(first)?.end?.is, does('benchmark'), does('install')]).toEqual(['succeeded', 'op-2', first])
  })

  test('that never ends by itself is ended by a wipe, and is not begun again by its key', () => {
    const { rack, does, at } = trial({ install: { hangs: true } })
    const install = does('install')
    at.now += 86_400_000
    expect(rack().operation(install)?.end).toBeUndefined()
    does('destroy')
    at.now += 500
    expect([does('install'), rack().operation(install)?.end?.is, rack().look(id).state]).toEqual([install, 'cancelled', 'clean'])
  })

  test('that cannot begin for the server\'s sake has failed', () => {
    const { rack, does } = trial()
    expect(rack().operation(does('benchmark'))?.end).toEqual({ at: 1000, is: 'failed', message: 'server 101 is not installed' })
  })
})

describe('an order', () => {
  test('that is refused is not remembered under its key', () => {
    const { does } = trial({ install: { unavailable: 1, busy: 1 } })
    expect(() => does('install')).toThrow(ProvisionerUnavailableError)
    expect(() => does('install')).toThrow(expect.objectContaining({ busy: true }))
    expect(does('install')).toBe('op-1')
  })

  test('waits for a wipe that goes on', () => {
    const { does, at } = trial()
    does('destroy')
    expect(() => does('install')).toThrow('server 101 is busy: destroy goes on')
    at.now += 500
    expect(does('install')).toBe('op-2')
  })

  test('of a server that is not there, or not ours, is refused', () => {
    expect(() => trial({}, { strict: true, servers: {} }).does('install')).toThrow(UnknownServerError)
    expect(() => trial({ state: 'in-use' }).does('destroy')).toThrow(ServerNotOursError)
    expect(() => trial({ state: 'broken' }).does('install')).toThrow(ServerNotOursError)
  })
})

test('a rack that is restarted at any moment is the rack that was not', () => {
  const step = fc.record({ step: fc.constantFrom<RackStep>('install', 'benchmark', 'destroy', 'markAsBroken'), n: fc.integer({ min: 1, max: 2 }), ms: fc.nat(1500), restarts: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const [kept, restarted] = [trial(), trial()]
      for (const { step: name, n, ms, restarts } of steps) {
        const answers = [kept, restarted].map(({ does, at }) => {
          at.now += ms
          try {
            return does(name, n)
          } catch (error) {
            return String(error)
          }
        })
        expect(answers[1]).toBe(answers[0])
        if (restarts) restarted.restart()
        expect(restarted.rack().record()).toEqual(kept.rack().record())
      }
    }),
  )
})

test('servers of the file are listed, and those that were touched, page by page', () => {
  const { rack, does, at } = trial({}, { servers: { b: { state: 'broken' }, '101': { labels: { model: 'r640' }, address: '10.0.0.1' } } })
  does('install')
  rack().order({ server: { id: 'z' as ServerId, labels: {} }, step: 'destroy', key: 'r/z/destroy/1' })
  at.now += 1000
  expect([rack().list(0, 2), rack().list(2, 2)]).toEqual([
    { seen: [{ id: '101', labels: { model: 'r640' }, address: '10.0.0.1', state: 'installed' }, { id: 'b', labels: {}, state: 'broken' }], next: 2 },
    { seen: [{ id: 'z', labels: {}, state: 'clean' }], next: undefined },
  ])
})
