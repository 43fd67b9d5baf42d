import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openPieces } from '../../src/reporters/report-pieces.ts'
import { resultsOf } from '../../src/reporters/results.ts'
import { gravestFirst, serversIn } from '../../src/reporters/servers.ts'
import type { Servers } from '../../src/reporters/servers.ts'
import { anyHistory } from './report-history.ts'
import { fallen, failedBy, foldOf, id, passing, planOf } from './report-run.ts'

const place = { directory: '/out', cwd: '/' }

function idsOf(servers: Servers): string[] {
  return Array.from(servers, (server) => server.id)
}

test('the servers that stand in parts of results.json are those of the run, whatever happened in it', () => {
  fc.assert(fc.property(anyHistory, ({ plan, facts }) => {
    const { state } = foldOf(plan, facts)
    const expected = JSON.parse(JSON.stringify(resultsOf(state).servers)) as unknown[]
    for (const mostKept of [undefined, 0]) {
      const servers = serversIn(openPieces(place).collect(state), state.servers.size, mostKept)
      expect([servers.length, [...servers], [...servers], servers.at(-1)]).toEqual([expected.length, expected, expected, expected.at(-1)])
    }
  }), { numRuns: 30 })
})

test('of more servers than fit into a part each is found, by its place and in a slice, and none beyond the last', () => {
  const numbers = Array.from({ length: 200 }, (_, index) => 100 + index)
  const { state } = foldOf(planOf(numbers), numbers.flatMap((number) => [...passing(id(number))]))
  const servers = serversIn(openPieces(place).collect(state), 200, 100)
  expect(idsOf(servers)).toEqual(numbers.map(String))
  expect([servers.at(0)?.id, servers.at(199)?.id, servers.at(200), servers.at(-200)?.id, servers.at(-201)]).toEqual(['100', '299', undefined, '100', undefined])
  expect([idsOf(servers.slice(60, 70)), idsOf(servers.slice(60, 70).slice(2, 4)), idsOf(servers.slice(198, 500)), servers.slice(198, 500).length]).toEqual([numbers.slice(60, 70).map(String), ['162', '163'], ['298', '299'], 2])
})

test('the gravest stand first, and otherwise each where the run has it', () => {
  const { state } = foldOf(planOf([101, 102, 103, 104, 105]), [...passing(id(101)), ...fallen(id(102), failedBy('DefectError', 'x')), ...passing(id(103)), ...fallen(id(105), failedBy('DefectError', 'x'))])
  expect(idsOf(gravestFirst(resultsOf(state).servers))).toEqual(['102', '105', '104', '101', '103'])
})
