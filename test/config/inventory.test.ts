import { describe, expect, test } from 'vitest'
import { effectiveSettings } from '../../src/config/effective.ts'
import { showAsYaml } from '../../src/config/show.ts'
import { configured, inFolder, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'
const types = 'http | file | ironic | provisioner'

test.each<[string, unknown]>([
  ['./fleet.csv', { type: 'file', settings: { path: '<cwd>/there/fleet.csv' } }],
  ['fleet', { type: 'file', settings: { path: '<cwd>/there/fleet' } }],
  ['{ type: file, path: ../fleet.yaml, format: yaml }', { type: 'file', settings: { path: '<cwd>/fleet.yaml', format: 'yaml' } }],
  ['{ type: file, path: /fleet.yaml, cache: kept/a.jsonl }', { type: 'file', settings: { path: '/fleet.yaml' }, cache: '<cwd>/there/kept/a.jsonl' }],
  ['{ type: file, path: "${FLEET}/a.csv" }', { type: 'file', settings: { path: '${FLEET}/a.csv' } }],
  ['provisioner', { type: 'provisioner', settings: {} }],
  ['ironic', { type: 'ironic', settings: {} }],
  ['{ type: http, list: "https://a/b", token: "${TOKEN}", cache: /kept }', { type: 'http', settings: { list: 'https://a/b', token: '${TOKEN}' }, cache: '/kept' }],
])('inventory: %s is an inventory with absolute paths, and with its secrets not put in', async (written, expected) => {
  const { inventory } = await configured({ files: { 'there/c.yaml': `inventory: ${written}` }, flags: { config: 'there/c.yaml' }, env: { FLEET: '/somewhere', TOKEN: 'open-sesame' } })
  expect(inventory).toEqual(expected)
})

test('without the key there is none', async () => {
  expect('inventory' in (await configured({ files: { [file]: 'os: debian-13' } }))).toBe(false)
})

test('the Ironic that servers come from is the one of the provisioner, if nothing else is said', async () => {
  const own = 'url: https://ironic, auth: { type: token, token: "${TOKEN}" }, tls: { ca: /ca.pem }, deploy: { steps: [] }, reserve: false, facts: { bay: /extra/bay }'
  const inventoryOf = async (provisioner: string, inventory: string): Promise<unknown> => {
    const { inventory: found } = await configured({ files: { [file]: `provisioner: { ${provisioner} }\ninventory: ${inventory}` }, env: { TOKEN: 'open-sesame' } })
    return found?.settings
  }
  const shared = { url: 'https://ironic', auth: { type: 'token', token: '${TOKEN}' }, tls: { ca: '/ca.pem' }, facts: { bay: '/extra/bay' } }
  expect([
    await inventoryOf(`type: ironic, ${own}`, 'ironic'),
    await inventoryOf(`type: ironic, ${own}`, '{ type: ironic, facts: {}, address: /extra/a }'),
    await inventoryOf(`type: ironic, ${own}`, '{ type: ironic, url: "https://other" }'),
    await inventoryOf('type: http, url: "https://rack"', 'ironic'),
  ]).toEqual([shared, { ...shared, facts: {}, address: '/extra/a' }, { url: 'https://other' }, {}])
})

describe('every problem is told of', () => {
  test.each<[string, readonly string[]]>([
    ['inventory: 5', ['inventory: expected a file of servers (./fleet.csv), or an object with a type, such as { type: http, list: https://... }, got 5']],
    ['inventory: [a]', ['inventory: expected a file of servers (./fleet.csv), or an object with a type, such as { type: http, list: https://... }, got ["a"]']],
    ['inventory: ""', ['inventory: expected a file of servers (./fleet.csv), or an object with a type, such as { type: http, list: https://... }, got ""']],
    ['inventory: { list: x }', [`inventory: has no type: expected ${types}`]],
    ['inventory: { type: htp }', [`inventory.type: expected ${types}, got "htp"; did you mean http?`]],
    ['inventory: { type: 5, cache: 7 }', ['inventory.cache: expected a path, got 7', `inventory.type: expected ${types}, got 5`]],
    ['inventory: http', ['inventory: http needs settings: write { type: http, list: https://... }']],
    ['inventory: file', ['inventory: file needs settings: write the path of the file, such as ./fleet.csv']],
    ['inventory: HTTPS://a/b', ['inventory: for a service write { type: http, list: https://... }']],
    ['inventory: "${FLEET}"', ['inventory: ${NAME} is only replaced inside settings: write { type: file, path: "${FLEET}" }']],
    ['inventory: { type: file, path: a, cache: "${FLEET}/a" }', ['inventory.cache: ${FLEET} is only replaced inside the settings of provisioner, benchmark and inventory, and not in the path of a cache']],
    ['inventry: fleet.csv', ['unknown key "inventry"; did you mean inventory?']],
    ['inventory: { type: http, token: hunter2, headers: { X-Api-Key: hunter2, X-Site: a }, auth: { password: hunter2 } }', [
      'inventory.token: a secret must not stand in the file: write ${NAME}, and set the environment variable NAME',
      'inventory.headers.X-Api-Key: a secret must not stand in the file: write ${NAME}, and set the environment variable NAME',
      'inventory.auth.password: a secret must not stand in the file: write ${NAME}, and set the environment variable NAME',
    ]],
    ['inventory: { type: ironic, auth: { token: "${NONE}", password: "${SHORT}" } }', [
      'inventory.auth.token: the environment variable NONE is not set',
      'inventory.auth.password: the value of SHORT is too short for a secret: it takes at least 6 characters to be redacted',
    ]],
  ])('%s', async (content, problems) => {
    expect(await problemsOf({ files: { [file]: content }, env: { FLEET: '/somewhere', SHORT: 'abc' } })).toEqual(problems.map((problem) => `${file}: ${problem}`))
  })
})

test('what the inventory finds wrong with its settings is told with the rest', async () => {
  const checkInventory = async ({ type }: { readonly type: string }) => [`inventory: ${type}: list: expected an address,\ngot 5`]
  expect(await problemsOf({ files: { [file]: 'inventory: { type: http, list: 5 }' }, flags: { concurrency: '0' }, checkInventory })).toEqual([
    '--concurrency: expected a whole number of at least 1, got "0"',
    String.raw`inventory: http: list: expected an address,\u{a}got 5`,
  ])
})

test('it is shown as a file would have it, without secrets', async () => {
  const content = 'inventory: { type: http, list: "https://u:hunter2@fleet/${SITE}", token: "${TOKEN}", headers: { X-Site: a }, cache: kept }'
  const shown = await inFolder({ [file]: content }, async (cwd) => {
    const effective = await effectiveSettings({ servers: [], flags: {}, env: { SITE: 'berlin-1', TOKEN: 'open-sesame' }, cwd, readStdin: async () => '' })
    return showAsYaml(effective).replaceAll(cwd, '<cwd>')
  })
  expect(shown).toContain(`# ${file}\ninventory:\n  type: http\n  list: https://***@fleet/\${SITE}\n  token: \${TOKEN}\n  headers:\n    X-Site: a\n  cache: <cwd>/kept\n`)
})
