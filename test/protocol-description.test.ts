import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Provisioner, StepContext } from '../src/model/provisioner.ts'
import type { Server, ServerId } from '../src/model/server.ts'
import type { Exchange } from '../src/simulator/server.ts'
import { httpRack, token } from './fixtures/http-rack.ts'
import { checkout } from './fixtures/shell.ts'

interface Content {
  readonly 'application/json': { readonly schema: object }
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly object[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly $ref?: string }>>
}
interface Description {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>> & { readonly parameters?: readonly object[] }>>
}

const description = parse(await readFile(join(checkout, 'docs/provisioner-protocol.yaml'), 'utf8'), { merge: true }) as Description
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(description, 'protocol')

const pointed = (reference: string): unknown => reference.slice(2).split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], description)
const resolved = <T>(value: T & { readonly $ref?: string }): T => (value.$ref === undefined ? value : (pointed(value.$ref) as T))
/** References within a schema are those of the whole document. */
const absolute = (schema: object): object => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"protocol#/')) as object
const validators = new Map<object, (value: unknown) => string>()
function faultsOf(schema: object, value: unknown): string {
  const validate = validators.get(schema) ?? compiled(schema)
  validators.set(schema, validate)
  return validate(value)
}
function compiled(schema: object): (value: unknown) => string {
  const validate = ajv.compile(absolute(schema))
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors))
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: object
}

/** What is wrong with an exchange, by the description. */
function wrongsOf({ method, path, headers, text, answer }: Exchange): string[] {
  const [route = '', query = ''] = path.split('?')
  const found = Object.entries(description.paths).find(([template]) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(route))
  const operation = found?.[1][method.toLowerCase()]
  if (!found || !operation) return [`${method} ${path} is not described`]
  const names = [...found[0].matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const values = new RegExp(`^${found[0].replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(route) ?? []
  const given = { path: new Map(names.map((name, index) => [name, values[index + 1]])), query: new URLSearchParams(query), header: new Map(Object.entries(headers)) }
  const parameters = [...(found[1].parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => resolved(parameter as Parameter))
  const wrongs = parameters.flatMap((parameter) => {
    const value = given[parameter.in].get(parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name) ?? undefined
    if (value === undefined) return parameter.required ? [`${parameter.name} is missing`] : []
    return [faultsOf(parameter.schema, value)]
  })
  const unknown = [...given.query.keys()].filter((name) => !parameters.some((parameter) => parameter.in === 'query' && parameter.name === name))
  const body = operation.requestBody ? faultsOf(operation.requestBody.content['application/json'].schema, JSON.parse(text)) : text === '' ? '' : 'a body'
  const response = operation.responses[String(answer?.status)]
  const schema = response && resolved(response).content?.['application/json'].schema
  const came = schema ? faultsOf(schema, JSON.parse(JSON.stringify(answer?.body))) : `${answer?.status} is not described`
  const type = text !== '' && headers['content-type'] !== 'application/json' ? `content-type ${headers['content-type']}` : ''
  return [...wrongs, ...unknown.map((name) => `${name} is unknown`), body, came, type].filter((wrong) => wrong !== '').map((wrong) => `${method} ${path}: ${wrong}`)
}

const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })
let operations = 0
const contextOf = (signal = new AbortController().signal): StepContext => ({ signal, log: () => {}, attempt: 1, idempotencyKey: `run/server/step/${++operations}` })

test('the description is one of OpenAPI 3.1, and every schema in it can be compiled', () => {
  const { schemas } = (description as unknown as { components: { schemas: object } }).components
  expect(description.openapi).toBe('3.1.0')
  expect(Object.keys(schemas).map((name) => ajv.getSchema(`protocol#/components/schemas/${name}`)).every(Boolean)).toBe(true)
  expect(Object.values(description.paths).flatMap((path) => Object.values(path).flatMap((operation) => ('operationId' in operation ? [operation.operationId] : [])))).toEqual([
    'listServers', 'getServer', 'install', 'benchmark', 'destroy', 'markBroken', 'clearMark', 'pollOperation',
  ])
})

test('whatever adapter and simulator say to each other is in the description, and all of that is said', async () => {
  const soon = { takes: '150ms' }
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`s${index}`, { labels: { model: 'r640' } }]))
  const servers = {
    '101': { address: '10.0.0.1', labels: { rack: 'a' } },
    '102': { install: { fails: 'no lease', retryable: true, takes: '0ms' }, benchmark: { metrics: { cpu: 1.5, disk: 7 } } },
    '103': { state: 'in-use' },
    '104': { state: 'broken' },
    '105': { install: { busy: 1 }, destroy: { unavailable: 1 }, benchmark: { fails: 'too hot', takes: '0ms' } },
    '106': { install: { takes: '1h' } },
    ...many,
  }
  await using site = await httpRack({ strict: true, defaults: { install: soon, benchmark: soon, destroy: { takes: '0ms' } }, servers })
  const http = await site.adapter()
  const stranger = await site.adapter({ token: 'not-the-token' })
  const settle = async (...calls: Promise<unknown>[]): Promise<void> => void (await Promise.allSettled(calls))
  const all = (id: string) => [
    (provisioner: Provisioner) => provisioner.install(serverOf(id), 'debian-12', contextOf()),
    (provisioner: Provisioner) => provisioner.benchmark!(serverOf(id), contextOf()),
    (provisioner: Provisioner) => provisioner.destroy(serverOf(id), contextOf()),
    (provisioner: Provisioner) => provisioner.markAsBroken(serverOf(id), 'for a test', contextOf()),
    (provisioner: Provisioner) => provisioner.clearMark!(serverOf(id), contextOf()),
  ]
  for await (const { id } of http.list!(contextOf())) expect(id).not.toBe('')
  await Promise.all(['101', '102', '103', '104', '105', '999'].map(async (id) => {
    for (const call of all(id)) await settle(call(http))
  }))
  await settle(...all('101').map((call) => call(stranger)), stranger.check!(contextOf()))
  const stop = new AbortController()
  const installing = http.install(serverOf('106'), 'debian-12', contextOf(stop.signal))
  await settle(http.destroy(serverOf('106'), contextOf()), installing)
  const headers = { authorization: `Bearer ${token}` }
  const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'run/101/x/1' } }
  const answers = await Promise.all([
    fetch(`${site.simulator.url}/servers/101`, { headers }),
    fetch(`${site.simulator.url}/servers/999`, { headers }),
    fetch(`${site.simulator.url}/operations/none`, { headers }),
    fetch(`${site.simulator.url}/servers?cursor=none`, { headers }),
    fetch(`${site.simulator.url}/servers/102/install`, { ...post, body: JSON.stringify({ os: 'x'.repeat(1024 * 1024) }) }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 400, 413])

  expect(site.exchanges.flatMap(wrongsOf)).toEqual([])
  const said = new Set(site.exchanges.map(({ method, path, answer }) => `${method} ${path.split('?')[0]!.replace(/^(\/\w+)\/[^/]+/, '$1/{}')} ${answer?.status}`))
  expect([...said].filter((line) => / 20\d$/.test(line)).sort()).toEqual([
    'DELETE /servers/{}/mark-broken 200',
    'GET /operations/{} 200',
    'GET /servers 200',
    'GET /servers/{} 200',
    'POST /servers/{}/benchmark 202',
    'POST /servers/{}/destroy 200',
    'POST /servers/{}/install 202',
    'POST /servers/{}/mark-broken 200',
  ])
  const statuses = new Set(site.exchanges.map(({ answer }) => answer?.status))
  expect([...statuses].sort((a = 0, b = 0) => a - b)).toEqual([200, 202, 400, 401, 404, 409, 413, 503])
})
