import { expect, test } from 'vitest'
import type { Listed } from '../../src/cli/listing.ts'
import type { ServerFormat } from '../../src/cli/server-lines.ts'
import { serverLines } from '../../src/cli/server-lines.ts'
import type { ServerId } from '../../src/model/server.ts'

const two: readonly Listed[] = [
  { id: '104' as ServerId, state: 'clean', address: '10.0.0.14', labels: { model: 'r640', rack: 'a1' } },
  { id: 'node-17' as ServerId, state: 'broken', labels: {} },
]

async function* told(servers: readonly Listed[]): AsyncGenerator<Listed> {
  yield* servers
}
async function linesOf(format: ServerFormat, servers: readonly Listed[] = two): Promise<string[]> {
  const lines: string[] = []
  for await (const line of serverLines[format](told(servers))) lines.push(line)
  return lines
}

test('a table has columns as wide as they need to be', async () => {
  expect(await linesOf('table')).toEqual([
    'ID       STATE   ADDRESS    LABELS',
    '104      clean   10.0.0.14  model=r640 rack=a1',
    'node-17  broken',
  ])
  expect(await linesOf('table', [])).toEqual(['ID  STATE  ADDRESS  LABELS'])
})

test('JSON is one array, or one object a line, and IDs are alone', async () => {
  expect(JSON.parse((await linesOf('json')).join('\n'))).toEqual(two)
  expect((await linesOf('ndjson')).map((line) => JSON.parse(line) as unknown)).toEqual(two)
  expect(await linesOf('ids')).toEqual(['104', 'node-17'])
})

test.each(['ndjson', 'ids'] as const)('%s are written as soon as they are told', async (format) => {
  async function* first(): AsyncGenerator<Listed> {
    yield two[0]!
    throw new Error('more was asked for')
  }
  const { value } = (await serverLines[format](first())[Symbol.asyncIterator]().next()) as { readonly value: string }
  expect(value).toContain('104')
})
