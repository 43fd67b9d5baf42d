import { describe, expect, test } from 'vitest'
import { openScreen } from '../../../src/cli/ports/ports-screen.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'
import { context, endpoint, failed, round, up } from '../../reporters/ports-rounds.ts'
import { fakeTerminal } from '../../reporters/terminal.ts'

const refused = failed('refused')

async function open({ count, rows = 24, env = {}, format = 'text' }: { readonly count: number; readonly rows?: number; readonly env?: Readonly<Record<string, string>>; readonly format?: 'text' | 'json' | 'ndjson' }) {
  const clock = virtualClock()
  const [terminal, errors] = [fakeTerminal({ rows }), fakeTerminal()]
  const screen = await openScreen({ stdout: terminal, stderr: errors, env: { NO_COLOR: '1', ...env }, clock, format, everyMs: 15_000, count, endpoints: 2, context })
  return { screen, clock, terminal, errors }
}

describe('at a terminal', () => {
  test('a table stands below the changes, and says what goes on', async () => {
    const { screen, clock, terminal } = await open({ count: Infinity })
    await clock.advance(1000)
    expect(terminal.screen()).toEqual(['checking 2 endpoints for 1s'])

    screen.show(round(1, [endpoint('a:22', up()), endpoint('b:22', up())]))
    await clock.advance(2000)
    const table = ['STATUS  ENDPOINT  LAST  TOOK   WHY', 'up      a:22      .     1.5ms', 'up      b:22      .     1.5ms']
    expect(terminal.screen()).toEqual(['2 endpoints, 2 up, 0 down, round 1 took 1.2s, next in 12s', ...table])
    await clock.advance(14_000)
    expect(terminal.screen()[0]).toBe('2 endpoints, 2 up, 0 down, round 1 took 1.2s, checking for 1s')

    screen.show(round(2, [endpoint('a:22', up(), up()), endpoint('b:22', up(), refused)]))
    screen.say('a note')
    screen.close(undefined)
    expect(terminal.screen()).toEqual([
      '2026-11-22T10:00:02.000Z b:22 up -> flapping: refused (1 of 2)',
      'rackbench: a note',
      '2 endpoints, 1 up, 1 flapping, 0 down, round 2 took 1.2s',
      'STATUS    ENDPOINT  LAST  TOOK   WHY',
      'flapping  b:22      .x    3s     refused (1 of 2)',
      'up        a:22      ..    1.5ms',
    ])
    expect(clock.waiting()).toBe(0)
  })

  test('one round alone is told in lines as well, if the table has no room for all that is not up', async () => {
    const states = Array.from({ length: 30 }, (_, index) => endpoint(`n${index}:22`, refused))
    const once = await open({ count: 1, rows: 12 })
    once.screen.show(round(1, states))
    once.screen.close(undefined)
    expect(once.terminal.screen().filter((line) => line.startsWith('2026-'))).toHaveLength(31)

    const again = await open({ count: 2, rows: 12 })
    again.screen.show(round(1, states))
    again.screen.close(undefined)
    expect(again.terminal.screen().filter((line) => line.startsWith('2026-'))).toEqual([])
  })

  test('of very many changes the first are told', async () => {
    const { screen, terminal } = await open({ count: Infinity })
    screen.show(round(1, Array.from({ length: 30 }, (_, index) => endpoint(`n${index}:22`, up()))))
    screen.show(round(2, Array.from({ length: 30 }, (_, index) => endpoint(`n${index}:22`, up(), refused))))
    screen.close(undefined)
    expect(terminal.screen().slice(18, 22).map((line) => line.slice(0, 40))).toEqual(['2026-11-22T10:00:02.000Z n18:22 up -> fl', '2026-11-22T10:00:02.000Z n19:22 up -> fl', 'and 10 changes more', '30 endpoints, 0 up, 30 flapping, 0 down,'])
  })
})

test('in a CI job lines are told, also if that has a terminal', async () => {
  const { screen, terminal, errors } = await open({ count: 2, env: { CI: 'true' } })
  const [first, second] = [round(1, [endpoint('a:22', refused)]), round(2, [endpoint('a:22', refused, refused)])]
  for (const each of [first, second]) screen.show(each)
  screen.say('a note')
  screen.close(second)
  expect(terminal.screen()).toEqual(['2026-11-22T10:00:00.000Z round 1: 1 endpoint: 0 up, 1 failing, in 1.2s', '2026-11-22T10:00:01.000Z a:22 failing: refused (1 of 1)', '2026-11-22T10:00:00.000Z round 2: 1 endpoint: 0 up, 1 failing, in 1.2s'])
  expect(errors.screen()).toEqual(['rackbench: a note'])
})

test('nothing but the document stands where JSON is asked for', async () => {
  const { screen, terminal } = await open({ count: 1, format: 'json' })
  screen.show(round(1, [endpoint('a:22', refused)]))
  screen.close(undefined)
  expect(terminal.writes).toEqual([])
})
