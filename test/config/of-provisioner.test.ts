import { expect, test } from 'vitest'
import { withAsked } from '../../src/config/of-provisioner.ts'

const asked = (value: boolean, label: string) => ({ value, label, folder: '/w' })

test('what flags and variables ask of ironic is in its settings, over those of the file', () => {
  const layer = { 'include-broken': asked(true, '--include-broken'), 'take-installed': asked(false, 'RACKBENCH_TAKE_INSTALLED') }
  const problems: string[] = []
  const named = { type: 'ironic', settings: { url: 'http://127.0.0.1', takeInstalled: true } }
  expect(withAsked(named, layer, (problem) => problems.push(problem))).toEqual({ type: 'ironic', settings: { url: 'http://127.0.0.1', takeInstalled: false, includeBroken: true } })
  expect([problems, named.settings.takeInstalled]).toEqual([[], true])
})

test('another provisioner is asked nothing, and it is told unless that is no wish at all', () => {
  const layer = { 'include-broken': asked(true, 'RACKBENCH_INCLUDE_BROKEN'), 'take-installed': asked(false, '--take-installed') }
  const problems: string[] = []
  expect(withAsked({ type: 'http', settings: { url: 'x' } }, layer, (problem) => problems.push(problem))).toEqual({ type: 'http', settings: { url: 'x' } })
  expect(problems).toEqual(['RACKBENCH_INCLUDE_BROKEN: only the provisioner ironic takes this, and the provisioner is http'])
})
