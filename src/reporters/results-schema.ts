import { jsonSchemaDraft, jsonSchemaOf } from '../model/json-schema.ts'
import { resultsSchema } from '../model/results.ts'

/** The JSON Schema (draft 2020-12) of results.json, as docs/results.schema.json publishes it. Later versions may add properties. */
export function resultsJsonSchema(): string {
  const described = { $schema: jsonSchemaDraft, title: 'results.json', description: 'What a run of rackbench found out about each server.', ...jsonSchemaOf(resultsSchema) }
  return `${JSON.stringify(described, undefined, 2)}\n`
}
