import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import { openPieces } from '../../src/reporters/report-pieces.ts'
import { renderReports } from '../../src/reporters/report-render.ts'
import { failedBy, fallen, foldOf, id, passing, planOf, slow } from './report-run.ts'

function failedOf(facts: readonly Fact[]): string {
  const { state } = foldOf(planOf([105, 104, 103, 102, 101]), facts)
  return [...renderReports(state, openPieces({ directory: '/srv/out', cwd: '/srv' }))['failed-servers.txt']].join('')
}

test('the failed are listed in selection order, whoever was at fault', () => {
  const facts = [
    ...passing(id(101)), ...slow(id(102)), ...fallen(id(103), failedBy('ServerNotOursError', 'in use')), ...fallen(id(105), failedBy('ProvisionerUnavailableError', 'x')),
  ]
  expect(failedOf(facts)).toBe('105\n102\n')
})

test('without a failed server the file is empty', () => {
  expect(failedOf(passing(id(101)))).toBe('')
})
