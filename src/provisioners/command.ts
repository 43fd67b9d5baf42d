import { readScore } from '../clients/script-score.ts'
import type { ScriptWorld } from '../clients/scripts.ts'
import { scripts } from '../clients/scripts.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { readCommandSettings } from './command-settings.ts'

/**
 * A provisioner made of scripts: a program for each verb, whose exit code says how it went.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function command(given: unknown, world: ScriptWorld): Provisioner {
  const settings = readCommandSettings(given)
  const { install, benchmark, destroy, markAsBroken } = settings
  const { call, check } = scripts(settings, world)
  return {
    name: 'command',
    async install(server, os, context) {
      await call(install, { server, context, os })
      return { facts: { os } }
    },
    ...(benchmark && {
      async benchmark(server, context) {
        return readScore(await call(benchmark, { server, context }), benchmark[0] ?? '')
      },
    }),
    async destroy(server, context) {
      await call(destroy, { server, context })
    },
    async markAsBroken(server, reason, context) {
      await call(markAsBroken, { server, context, reason })
    },
    check: () => check([install, ...(benchmark ? [benchmark] : []), destroy, markAsBroken]),
  }
}
