import { describe, expect, test } from 'vitest'
import { portObjects, portsDocument } from '../../src/reporters/ports-json.ts'
import { context, endpoint, failed, knowing, round, up } from './ports-rounds.ts'

const ended = { startedAt: '2026-11-22T10:00:00.000Z', finishedAt: '2026-11-22T10:00:09.000Z', exitCode: 1, rounds: 3, isCutOff: false }

describe('the document', () => {
  test('has every endpoint with its checks, and whose it is', () => {
    const states = [endpoint('a:443', up(), up(12)), endpoint('b:22', failed('timeout'), failed('refused', 'said \u009b2J'), failed('refused'))]
    expect(portsDocument({ ...ended, states }, knowing('b', '104'))).toEqual({
      schemaVersion: 1,
      startedAt: '2026-11-22T10:00:00.000Z',
      finishedAt: '2026-11-22T10:00:09.000Z',
      exitCode: 1,
      rounds: 3,
      cutOff: false,
      history: 3,
      summary: { total: 2, down: 1, flapping: 0, failing: 0, unknown: 0, up: 1 },
      endpoints: [
        {
          endpoint: 'a:443',
          host: 'a',
          port: 443,
          status: 'up',
          daysToExpiry: 12,
          checks: [
            { at: '2026-11-22T10:00:01.000Z', ok: true, ms: 1.5 },
            { at: '2026-11-22T10:00:02.000Z', ok: true, ms: 1.5, daysToExpiry: 12 },
          ],
        },
        {
          endpoint: 'b:22',
          host: 'b',
          port: 22,
          status: 'down',
          servers: [{ id: '104', labels: { rack: 'A1' } }],
          reasons: { timeout: 1, refused: 2 },
          checks: [
            { at: '2026-11-22T10:00:01.000Z', ok: false, ms: 3000, reason: 'timeout', detail: '' },
            { at: '2026-11-22T10:00:02.000Z', ok: false, ms: 3000, reason: 'refused', detail: 'said' },
            { at: '2026-11-22T10:00:03.000Z', ok: false, ms: 3000, reason: 'refused', detail: '' },
          ],
        },
      ],
    })
  })
})

describe('objects, one a line,', () => {
  test('are every endpoint in the first round, and later what has changed', () => {
    const lines = portObjects(context)
    const objects = (...told: Parameters<typeof lines>): unknown[] => lines(...told).map((line) => JSON.parse(line) as unknown)
    const first = round(1, [endpoint('a:22', up()), endpoint('b:22', up(), failed('timeout'))])
    expect(objects(first)).toEqual([
      { type: 'endpoint', at: '2026-11-22T10:00:01.000Z', endpoint: 'a:22', host: 'a', port: 22, status: 'up', from: null, ok: true, ms: 1.5 },
      { type: 'endpoint', at: '2026-11-22T10:00:02.000Z', endpoint: 'b:22', host: 'b', port: 22, status: 'flapping', reasons: { timeout: 1 }, from: 'up', ok: false, ms: 3000, reason: 'timeout', detail: '' },
      { type: 'round', at: '2026-11-22T10:00:00.000Z', number: 1, durationMs: 1200, counts: true, summary: { total: 2, down: 0, flapping: 1, failing: 0, unknown: 0, up: 1 } },
    ])
    const second = round(2, [endpoint('a:22', up(), up()), endpoint('b:22', up(), failed('timeout'), up())], { missed: 1 })
    expect(objects(second)).toEqual([{ type: 'round', at: '2026-11-22T10:00:00.000Z', number: 2, durationMs: 1200, counts: true, missed: 1, summary: { total: 2, down: 0, flapping: 1, failing: 0, unknown: 0, up: 1 } }])
  })

  test('say that a round does not count, and what is not known', () => {
    expect(portObjects(context)(round(1, [endpoint('a:22')], { cutOff: 2, changes: [] })).map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'endpoint', at: '2026-11-22T10:00:00.000Z', endpoint: 'a:22', host: 'a', port: 22, status: 'unknown', from: null },
      { type: 'round', at: '2026-11-22T10:00:00.000Z', number: 1, durationMs: 1200, counts: false, summary: { total: 1, down: 0, flapping: 0, failing: 0, unknown: 1, up: 0 } },
    ])
  })
})
