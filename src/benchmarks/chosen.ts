import { z } from 'zod'
import { jsonSchemaOf } from '../model/json-schema.ts'

/**
 * One of several schemas, chosen by a look at what is given: problems are told of the one that was meant, which a union cannot know.
 *
 * @param otherwise What is said of a value for which none is chosen; follows its path.
 */
export function chosen<T extends z.ZodType>(all: readonly T[], choose: (given: unknown) => T | undefined, otherwise: string): z.ZodType<z.output<T>> {
  const read = z.unknown().transform((given, context): z.output<T> => {
    const parsed = choose(given)?.safeParse(given)
    if (parsed?.success) return parsed.data
    const issues = parsed?.error.issues ?? [{ code: 'custom', message: otherwise }]
    context.issues.push(...issues.map((issue) => ({ ...issue, input: given }) as z.core.$ZodRawIssue))
    return z.NEVER
  })
  return read.meta({ anyOf: all.map(jsonSchemaOf) })
}

/** Whether a value has keys, among them this one. */
export function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
}
