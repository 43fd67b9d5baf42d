import type { StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'

/** What a script is called for. */
export interface Occasion {
  readonly server: Server
  readonly context: StepContext
  readonly os?: string
  readonly reason?: string
}

/** What stands for `{id}`, `{os}`, `{address}` and `{reason}`; what is not known is empty. */
type Words = Readonly<Record<'id' | 'os' | 'address' | 'reason', string>>

export function wordsOf({ server, context: { installed }, os, reason }: Occasion): Words {
  const words = { id: server.id, os: os ?? installed?.facts?.['os'], address: installed?.address ?? server.address, reason }
  const texts = Object.entries(words).map(([name, value = '']) => [name, passable(value)])
  return Object.fromEntries(texts) as Words
}

/** Puts the words into an argument. Once: a `{id}` inside of a reason stays as it is. */
export function fillIn(argument: string, words: Words): string {
  return argument.replaceAll(/\{(id|os|address|reason)\}/g, (_, name: keyof Words) => words[name])
}

const labelPrefix = 'RACKBENCH_LABEL_'

/** The environment of a script: that of rackbench, what the settings add, and what it is called for. */
export function environmentOf(occasion: Occasion, words: Words, around: readonly Readonly<NodeJS.ProcessEnv>[]): NodeJS.ProcessEnv {
  const { server, context } = occasion
  const given = Object.entries(Object.assign({}, ...around) as NodeJS.ProcessEnv)
  const labels = Object.entries(server.labels).map(([name, value]) => [`${labelPrefix}${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`, passable(value)])
  return {
    ...Object.fromEntries(given.filter(([name]) => !name.startsWith(labelPrefix))),
    ...Object.fromEntries(labels),
    RACKBENCH_SERVER_ID: words.id,
    RACKBENCH_OS: words.os,
    RACKBENCH_ADDRESS: words.address,
    RACKBENCH_REASON: words.reason,
    RACKBENCH_RUN_ID: context.idempotencyKey.split('/', 1)[0],
    RACKBENCH_ATTEMPT: String(context.attempt),
    RACKBENCH_KEY: context.idempotencyKey,
  }
}

/** No argument and no variable can hold a NUL. */
function passable(text: string): string {
  return text.replaceAll('\0', '')
}
