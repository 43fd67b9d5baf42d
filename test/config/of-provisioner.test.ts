import { expect, test } from 'vitest'
import { effectiveSettings } from '../../src/config/effective.ts'
import { withAsked } from '../../src/config/of-provisioner.ts'
import { configured, inFolder, problemsOf } from './in-folder.ts'

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

const file = 'rackbench.config.yaml'
const files = { [file]: 'provisioner: { type: ironic, url: "http://127.0.0.1:6385", takeInstalled: true }\nbenchmark: { type: command, run: ["true"] }\n' }

test('the plan has it, and with the plan every run that is resumed; a flag wins over a variable, and both over the file', async () => {
  const env = { RACKBENCH_INCLUDE_BROKEN: 'true', RACKBENCH_TAKE_INSTALLED: 'true' }
  const { plan } = await configured({ files, env, flags: { 'take-installed': false } })
  expect([plan.provisioner.settings, plan.flags]).toEqual([{ url: 'http://127.0.0.1:6385', takeInstalled: false, includeBroken: true }, ['--no-take-installed']])
})

test('what is shown says where it is from', async () => {
  await inFolder(files, async (cwd) => {
    const { settings } = await effectiveSettings({ servers: [], flags: { 'include-broken': true }, env: {}, cwd, readStdin: async () => '' })
    expect(settings.find(({ keys }) => keys[0] === 'provisioner')).toEqual({
      keys: ['provisioner'],
      value: { type: 'ironic', url: 'http://127.0.0.1:6385', takeInstalled: true, includeBroken: true },
      from: `${file}, includeBroken: --include-broken`,
    })
  })
})

test('a run by another provisioner is refused, with the flag\'s name', async () => {
  expect(await problemsOf({ flags: { provisioner: 'simulated', 'take-installed': true } })).toEqual(['--take-installed: only the provisioner ironic takes this, and the provisioner is simulated'])
})
