import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from '../../src/cli/config-schema.ts'
import { test } from '../fixtures/cli.ts'

const ways = '`rackbench config schema` prints a JSON Schema for editors, `rackbench config show [servers..]` the settings in effect'
const told = (...lines: readonly string[]) => ({ code: 2, signal: null, stdout: '', stderr: lines.map((line) => `rackbench: ${line}\n`).join('') })

test.concurrent('config schema prints the schema, also where the configuration is broken', async ({ place }) => {
  await place.write('rackbench.config.yaml', 'concurrency: none')
  expect(await place.run(['config', 'schema'])).toEqual({ code: 0, signal: null, stdout: configJsonSchema(), stderr: '' })
})

describe('config cannot be taken', () => {
  test.concurrent.for<[string, readonly string[], readonly string[]]>([
    ['alone', ['config'], [`config: of what? ${ways}`]],
    ['with an unknown word', ['config', 'shw', '101'], [`config takes schema or show, not "shw"; did you mean show?; ${ways}`]],
    ['with more than schema takes', ['config', 'schema', '101', '--os=x'], ['config schema takes nothing else, not "--os"', 'config schema takes nothing else, not "101"']],
    ['with an unknown option, either', ['config', 'schema', '--xyzzy', '101'], ['unknown option --xyzzy']],
  ])('%s', async ([, args, lines], { place }) => {
    expect(await place.run(args)).toEqual(told(...lines))
  })

  test.concurrent('with problems, each told', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'grace: 5\nconcurency: 3\n')
    await place.write('s.yaml', 'defaults: { install: { takes: 5 } }')
    expect(await place.run(['config', 'show', '0/4', '--retries=-1', '--xyzzy', '--format=toml', '--simulation=s.yaml'])).toEqual(
      told(
        'unknown option --xyzzy',
        '--format: expected yaml | json, got "toml"',
        '--retries: expected a whole number of at least 0, got "-1"',
        'rackbench.config.yaml: unknown key "concurency"; did you mean concurrency?',
        'rackbench.config.yaml: grace: expected a duration (write 90s, 45m or 2h), got 5',
        'simulation: defaults.install.takes: expected a duration such as 500ms, 90s or 2h, got 5',
        '"0/4" is not a server ID: an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all',
      ),
    )
  })

  test.concurrent('with bad settings of a provisioner that has a name', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: { type: http, url: "${NAME}" }')
    expect(await place.run(['config', 'show'], { env: { NAME: 'open-sesame' } })).toEqual(told('provisioner: http: url: expected an address such as https://rack.example.com/api, got "***"'))
  })
})

test.concurrent('config show tells what a run would go by, and no secret; it runs no module and touches nothing', async ({ place }) => {
  await place.write('mine.mjs', 'process.stdout.write("imported"); throw new Error("imported")')
  await place.write('rackbench.config.yaml', 'provisioner: { type: ./mine.mjs, token: "${NAME}", note: it is open-sesame, password: hunter22 }\nconcurrency: 3\n')
  const before = await place.files()
  const env = { NAME: 'open-sesame', RACKBENCH_TOKEN: 'let-me-in', RACKBENCH_GRACE: '3s' }
  const [yaml, json] = await Promise.all([['101-103', '--retries=0'], ['--format=json']].map((args) => place.run(['config', 'show', ...args], { env })))
  expect([yaml, json].map((ended) => ({ code: ended?.code, stderr: ended?.stderr, isSecret: /sesame|let-me-in|hunter/.test(ended?.stdout ?? '') }))).toEqual([{ code: 0, stderr: '', isSecret: false }, { code: 0, stderr: '', isSecret: false }])
  const provisioner = { type: `${place.folder}/mine.mjs`, token: '${NAME}', note: 'it is ***', password: '***' }
  expect(parse(yaml!.stdout)).toMatchObject({ servers: ['101 102 103'], provisioner, concurrency: 3, retries: 0, grace: '3s' })
  expect(JSON.parse(json!.stdout)).toMatchObject({ servers: [], provisioner, concurrency: 3, retries: 2, grace: '3s' })
  for (const line of ['concurrency: 3 # rackbench.config.yaml', 'retries: 0 # --retries', 'grace: 3s # RACKBENCH_GRACE', 'os: debian-12 # default', '# RACKBENCH_TOKEN: ***']) expect(yaml!.stdout.split('\n')).toContain(line)
  expect(await place.files()).toEqual(before)
})

test.concurrent('what config show prints can be the configuration of a run', async ({ place }) => {
  const options = ['101-103', '--threshold=60', '--deadline=3h', '--destroy=always', '--out=there', '--max-broken=50%']
  const [shown, planned] = await Promise.all([place.run(['config', 'show', ...options]), place.run(['run', '--dry-run', ...options])])
  await place.write('shown/c.yaml', shown.stdout)
  const again = await place.run(['run', '--dry-run', '--config', 'shown/c.yaml'])
  expect(planned.stdout).toBe(`${again.stdout}no provisioner given: the simulated rack is used, no real machine is touched\n`)
})
