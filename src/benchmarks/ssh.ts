import type { MetricKinds } from '../model/metric-kind.ts'
import type { Benchmark } from '../model/provisioner.ts'
import { metricKindsOf, readCommands } from './commands.ts'
import { measure } from './measure.ts'
import { checkSsh } from './ssh-check.ts'
import type { SshWorld } from './ssh-connect.ts'
import { connectBySsh } from './ssh-connect.ts'
import { readSshSettings } from './ssh-settings.ts'

/**
 * A benchmark that logs in to the installed server with this machine's OpenSSH client, and runs commands there.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function ssh(given: unknown, world: SshWorld): Benchmark {
  const settings = readSshSettings(given, world.env)
  const commands = readCommands(settings.commands, settings.silenceMs)
  // A copy: each reading of the environment of the process asks the system.
  const env = { ...world.env }
  const connect = connectBySsh(settings, { ...world, env })
  return {
    name: 'ssh',
    check: (context) => checkSsh({ clock: world.clock, env, directory: process.cwd() }, settings.identityFile, context),
    async run(server, context) {
      return measure(commands, await connect(server, context), context)
    },
  }
}

/**
 * What is known of the metrics that the benchmark `ssh` gives.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function sshMetrics(given: unknown): MetricKinds {
  const { commands, silenceMs } = readSshSettings(given, {})
  return metricKindsOf(readCommands(commands, silenceMs))
}
