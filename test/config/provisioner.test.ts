import { describe, expect, test } from 'vitest'
import { configured, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'
const known = 'expected simulated | http | command | ironic, or the path of a module'

test('without a provisioner the simulated rack is used, and the user is told', async () => {
  const { plan, notes } = await configured({})
  expect([plan.provisioner, notes]).toEqual([{ type: 'simulated', settings: {} }, ['no provisioner given: the simulated rack is used, no real machine is touched']])
})

describe('a module is found', () => {
  const files = { 'conf/mine.mjs': '', 'mine.mjs': '', 'conf/c.yaml': 'provisioner: ./mine.mjs' }

  test('from the working directory where a flag or variable names it', async () => {
    expect((await configured({ files, flags: { provisioner: './conf/../mine.mjs' } })).plan.provisioner.type).toBe('<cwd>/mine.mjs')
    expect((await configured({ files, env: { RACKBENCH_PROVISIONER: './conf/mine.mjs' } })).plan.provisioner.type).toBe('<cwd>/conf/mine.mjs')
  })

  test('from the folder of the file that names it', async () => {
    expect((await configured({ files, flags: { config: 'conf/c.yaml' } })).plan.provisioner).toEqual({ type: '<cwd>/conf/mine.mjs', settings: {} })
  })

  test('or is told to be missing, each time it is named', async () => {
    const given = { flags: { provisioner: './none.mjs' }, env: { RACKBENCH_PROVISIONER: '/none/x.mjs' }, files: { 'sub/x': '', [file]: 'provisioner: {type: ./sub}' } }
    const problems = await problemsOf(given)
    expect(problems.map((problem) => problem.replace(/module .*\/(?=[^/]*$)/, 'module .../'))).toEqual([
      '--provisioner: there is no module .../none.mjs',
      'RACKBENCH_PROVISIONER: there is no module .../x.mjs',
      `${file}: provisioner.type: there is no module .../sub`,
    ])
  })
})

test('an unknown name is told with the nearest known one, or how a module is written', async () => {
  expect(await problemsOf({ flags: { provisioner: 'simulatd', simulation: 'none' } })).toEqual([`--provisioner: ${known}, got "simulatd"; did you mean simulated?`])
  expect(await problemsOf({ flags: { provisioner: 'ansible' }, files: { [file]: 'provisioner: simulated' } })).toEqual([`--provisioner: ${known}, got "ansible"`])
  expect(await problemsOf({ flags: { provisioner: 'mine.mjs' }, files: { 'mine.mjs': '' } })).toEqual([
    `--provisioner: ${known}, got "mine.mjs"; for a module of your own write ./mine.mjs`,
  ])
})

describe('the settings of the file', () => {
  const files = { 'mine.mjs': '', 'other.mjs': '', [file]: 'provisioner: {type: ./mine.mjs, url: "http://x/${TOKEN}"}' }

  test('are kept, unresolved, where the same provisioner is named again', async () => {
    const kept = { type: '<cwd>/mine.mjs', settings: { url: 'http://x/${TOKEN}' } }
    const env = { TOKEN: 'abcdefgh' }
    expect((await configured({ files, env })).plan.provisioner).toEqual(kept)
    expect((await configured({ files, env, flags: { provisioner: './mine.mjs' } })).plan.provisioner).toEqual(kept)
  })

  test('are dropped where another one is named, and their secrets are not asked for', async () => {
    expect((await configured({ files, flags: { provisioner: './other.mjs' } })).plan.provisioner).toEqual({ type: '<cwd>/other.mjs', settings: {} })
    expect((await configured({ files, env: { RACKBENCH_PROVISIONER: 'simulated' } })).plan.provisioner).toEqual({ type: 'simulated', settings: {} })
  })

  test('are told to lack a secret where they are used', async () => {
    expect(await problemsOf({ files, flags: { retries: 'x' }, env: { RACKBENCH_TOKEN: 'abc' } })).toEqual([
      '--retries: expected a whole number of at least 0, got "x"',
      'RACKBENCH_TOKEN: too short for a secret: it takes at least 6 characters to be redacted',
      `${file}: provisioner.url: the environment variable TOKEN is not set`,
    ])
  })
})

describe('the scripts of command are looked for', () => {
  const settings = '{type: command, install: [./install.sh]}'
  const found = async (files: Record<string, string>, flags: Record<string, string>) => (await configured({ files, flags })).plan.provisioner

  test('from the folder of the file that names them, wherever the run is resumed', async () => {
    const files = { 'conf/c.yaml': `provisioner: ${settings}` }
    const expected = { type: 'command', settings: { install: ['./install.sh'], directory: '<cwd>/conf' } }
    expect(await found(files, { config: 'conf/c.yaml' })).toEqual(expected)
    expect(await found(files, { config: 'conf/c.yaml', provisioner: 'command' })).toEqual(expected)
  })

  test.each([['rack', '<cwd>/conf/rack'], ['../rack', '<cwd>/rack'], ['/srv/rack', '/srv/rack'], ['${HOME}/rack', '${HOME}/rack']])('or in its setting "directory": %s is %s', async (given, directory) => {
    const files = { 'conf/c.yaml': `provisioner: {type: command, directory: "${given}"}` }
    expect((await configured({ files, flags: { config: 'conf/c.yaml' }, env: { HOME: '/home/rack' } })).plan.provisioner.settings).toEqual({ directory })
  })

  test('by the adapter, if that is no text', async () => {
    const files = { 'c.yaml': 'provisioner: {type: command, directory: 5}' }
    expect(await found(files, { config: 'c.yaml' })).toEqual({ type: 'command', settings: { directory: 5 } })
  })
})

describe('a simulation', () => {
  const rack = 'strict: true\nservers:\n  0104: {install: {fails: "PXE boot timed out"}}\n'
  const simulation = { strict: true, servers: { '0104': { install: { fails: 'PXE boot timed out' } } } }

  test('is part of the plan, from the folder of who names it', async () => {
    const files = { 'conf/rack.yaml': rack, 'conf/c.yaml': 'simulation: rack.yaml\nprovisioner: {type: simulated, seed: 2}' }
    expect((await configured({ files, flags: { simulation: 'conf/rack.yaml' } })).plan.provisioner).toEqual({ type: 'simulated', settings: { simulation } })
    expect((await configured({ files, env: { RACKBENCH_SIMULATION: 'conf/rack.yaml' } })).plan.provisioner).toEqual({ type: 'simulated', settings: { simulation } })
    expect((await configured({ files, flags: { config: 'conf/c.yaml' } })).plan.provisioner).toEqual({ type: 'simulated', settings: { seed: 2, simulation } })
  })

  test('goes with the provisioner that the file names', async () => {
    const files = { 'mine.mjs': '', [file]: 'simulation: {strict: true}' }
    expect((await configured({ files })).plan.provisioner.settings).toEqual({ simulation: { strict: true } })
    expect((await configured({ files, flags: { provisioner: './mine.mjs' } })).plan.provisioner).toEqual({ type: '<cwd>/mine.mjs', settings: {} })
  })

  test('is refused with any other provisioner', async () => {
    const given = { files: { 'mine.mjs': '', [file]: 'simulation: {strict: true}\nprovisioner: ./mine.mjs' } }
    expect((await problemsOf(given)).map((problem) => problem.replace(/\/\S*\//, '/.../'))).toEqual([
      `${file}: simulation: only the simulated provisioner takes a simulation, and the provisioner is /.../mine.mjs`,
    ])
    expect((await problemsOf({ ...given, flags: { simulation: 'x' } }))[0]).toMatch(/^--simulation: only the simulated provisioner/)
  })

  test.each([
    [undefined, 'no such file'],
    ['a: [', 'line 1, column 5: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['- a', 'expected an object that describes the rack, got ["a"]'],
    ['', 'expected an object that describes the rack, got null'],
    ['servers: {a: {x: "${X}"}}', 'servers.a.x: ${X} is only replaced inside the settings of provisioner, benchmark and inventory'],
  ])('that says %j is told in one line', async (content, problem) => {
    const files = content === undefined ? {} : { 'rack.yaml': content }
    expect(await problemsOf({ files, flags: { simulation: 'rack.yaml' } })).toEqual([`--simulation: rack.yaml: ${problem}`])
  })
})
