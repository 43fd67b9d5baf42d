import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkVersions, oldestNode } from '../../../src/cli/doctor/versions.ts'

const platform = { rackbench: '1.2.3', node: '20.19.0', system: 'linux', release: '6.1.0', arch: 'x64' }
const todo = 'install Node.js 24, or another of 20, 22, 24'

test('what a run needs is named where it is there', () => {
  expect(checkVersions(platform)).toEqual([
    { status: 'ok', what: 'rackbench', finding: '1.2.3' },
    { status: 'ok', what: 'node', finding: '20.19.0' },
    { status: 'ok', what: 'system', finding: 'linux 6.1.0 x64' },
  ])
})

test.each<[string, unknown]>([
  ['18.20.4', { status: 'fail', what: 'node', finding: '18.20.4 is older than 20.19, which rackbench needs', todo }],
  ['20.18.3', { status: 'fail', what: 'node', finding: '20.18.3 is older than 20.19, which rackbench needs', todo }],
  ['21.0.0', { status: 'warn', what: 'node', finding: 'rackbench is not tried on 21.0.0', todo }],
  ['22.1.0', { status: 'ok', what: 'node', finding: '22.1.0' }],
  ['24.9.1', { status: 'ok', what: 'node', finding: '24.9.1' }],
  ['26.0.0-nightly', { status: 'warn', what: 'node', finding: 'rackbench is not tried on 26.0.0-nightly', todo }],
])('Node.js %s is judged', (node, finding) => {
  expect(checkVersions({ ...platform, node })[1]).toEqual(finding)
})

test('another system than Linux is warned of', () => {
  expect(checkVersions({ ...platform, system: 'darwin', release: '25.0.0', arch: 'arm64' })[2]).toMatchObject({ status: 'warn', finding: 'darwin 25.0.0 arm64: rackbench is made for Linux' })
})

test('the oldest Node.js is that of the package', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly engines: { readonly node: string } }
  expect(engines.node).toBe(`>=${oldestNode}`)
})
