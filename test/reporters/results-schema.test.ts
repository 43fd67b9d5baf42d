import { expect, test } from 'vitest'
import { resultsJsonSchema } from '../../src/reporters/results-schema.ts'

test('docs/results.schema.json is what the types say', async () => {
  const schema = resultsJsonSchema()
  await expect(schema, 'out of date; write it anew: npx vitest run test/reporters/results-schema.test.ts --update').toMatchFileSnapshot('../../docs/results.schema.json')
})

test('the schema is one of draft 2020-12, and says what each server must have', () => {
  const schema = JSON.parse(resultsJsonSchema()) as { $schema: string; properties: { servers: { items: { required: string[] } } } }
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(schema.properties.servers.items.required).toEqual([
    'id', 'status', 'worker', 'startedAt', 'durationMs', 'left', 'steps', 'rounds', 'metrics', 'violations', 'broken',
  ])
})
