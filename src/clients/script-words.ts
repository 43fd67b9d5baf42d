import { labelsOf } from '../model/labels.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'

/** What a script is called for. */
export interface Occasion {
  readonly server: Server
  readonly context: StepContext
  readonly os?: string
  readonly reason?: string
}

/** What stands for `{id}`, `{os}`, `{address}`, `{reason}` and `{label.NAME}`; what is not known is empty. */
interface Words extends Readonly<Record<'id' | 'os' | 'address' | 'reason', string>> {
  readonly labels: Readonly<Record<string, string>>
}

export function wordsOf({ server, context: { installed }, os, reason }: Occasion): Words {
  const labels = Object.entries(labelsOf(server, installed)).map(([name, value]) => [name, passable(value)])
  return {
    id: server.id,
    os: passable(os ?? installed?.facts?.['os']),
    address: passable(installed?.address ?? server.address),
    reason: passable(reason),
    labels: Object.fromEntries(labels),
  }
}

/** Puts the words into an argument. Once: a `{id}` inside of a reason stays as it is. */
export function fillIn(argument: string, { labels, ...words }: Words): string {
  return argument.replaceAll(/\{(?:(id|os|address|reason)|label\.([^{}]{1,128}))\}/g, (_, name: keyof typeof words | undefined, label: string) =>
    name ? words[name] : Object.hasOwn(labels, label) ? labels[label]! : '',
  )
}

const labelPrefix = 'RACKBENCH_LABEL_'

/** The environment of a script: that of rackbench, what the settings add, and what it is called for. */
export function environmentOf({ context }: Occasion, words: Words, around: readonly Readonly<NodeJS.ProcessEnv>[]): NodeJS.ProcessEnv {
  const given = Object.entries(Object.assign({}, ...around) as NodeJS.ProcessEnv)
  const labels = Object.entries(words.labels).map(([name, value]) => [`${labelPrefix}${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`, value])
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
function passable(text = ''): string {
  return text.replaceAll('\0', '')
}
