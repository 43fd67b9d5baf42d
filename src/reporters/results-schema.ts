import { z } from 'zod'
import { resultsSchema } from '../model/results.ts'

/** The JSON Schema (draft 2020-12) of results.json, as docs/results.schema.json publishes it. Later versions may add properties. */
export function resultsJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(resultsSchema, { target: 'draft-2020-12', io: 'input', override: withoutLimitsOfTheLanguage })
  const described = { $schema, title: 'results.json', description: 'What a run of rackbench found out about each server.', ...schema }
  return `${JSON.stringify(described, undefined, 2)}\n`
}

function withoutLimitsOfTheLanguage({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
