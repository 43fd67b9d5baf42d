import { z } from 'zod'
import type { ServerId } from './server.ts'
import { median } from './statistics.ts'
import type { OwnPast, Threshold } from './threshold.ts'
import { noPast } from './threshold.ts'

const askedSchema = z.object({ metric: z.string(), last: z.int().min(1) })
/** Which part of a server's past a rule asks for: so many of the last values of a metric. */
export type Asked = z.infer<typeof askedSchema>

/**
 * What a run goes by of the past of its servers: read once, when it begins, so that a resumed run judges by the same numbers. Of each server the answers to
 * what is asked, in that order: the median and how many values it is of, or null where there are none. A server without any past is not there.
 */
export const pastSchema = z.object({
  asked: z.array(askedSchema),
  servers: z.record(z.string(), z.array(z.tuple([z.number(), z.int().min(1)]).nullable())),
})
export type Past = z.infer<typeof pastSchema>

/** What rules ask of the past, each thing once. */
export function askedOfPast(rules: readonly Threshold[]): readonly Asked[] {
  const asked = new Map<string, Asked>()
  for (const { metric, ownHistory } of rules) if (ownHistory) asked.set(JSON.stringify([metric, ownHistory.last]), { metric, last: ownHistory.last })
  return [...asked.values()]
}

/** What servers measured, by metric; the last value is the latest. */
export type Measured = ReadonlyMap<ServerId, ReadonlyMap<string, readonly number[]>>

/** Makes of measured values what a run keeps of them: so much for each server and thing that is asked, however long the past is. */
export function pastFrom(asked: readonly Asked[], measured: Measured): Past {
  const servers: Past['servers'] = {}
  for (const [id, values] of measured) {
    const answers = asked.map(({ metric, last }) => answerFrom(values.get(metric)?.slice(-last) ?? []))
    if (answers.some((answer) => answer !== null)) servers[id] = answers
  }
  return { asked: [...asked], servers }
}

function answerFrom(values: readonly number[]): [median: number, values: number] | null {
  return values.length === 0 ? null : [median(values), values.length]
}

/** Answers what a rule asks of one server's past. */
export type PastOf = (asked: Asked) => OwnPast

export function pastOfServer(past: Past | undefined, server: string): PastOf {
  const answers = past && Object.hasOwn(past.servers, server) ? past.servers[server] : undefined
  return ({ metric, last }) => {
    const answer = answers?.[past!.asked.findIndex((asked) => asked.metric === metric && asked.last === last)]
    return answer ? { median: answer[0], values: answer[1] } : noPast
  }
}
