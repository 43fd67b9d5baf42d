import { z } from 'zod'

/** A JSON Schema, draft 2020-12, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The draft that all of them are of. */
export const jsonSchemaDraft = 'https://json-schema.org/draft/2020-12/schema'

/** What must be written for a zod schema to take it, as JSON Schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', override: finish })
  return described
}

/** A schema that may also be written in a short form, as its metadata says: `.meta({ shorthand: { ... } })`. */
function finish({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  // Limits of the language, and not of what is described.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  const { shorthand, ...whole } = jsonSchema
  if (shorthand === undefined) return
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  jsonSchema.anyOf = [shorthand as z.core.JSONSchema.BaseSchema, whole]
}
