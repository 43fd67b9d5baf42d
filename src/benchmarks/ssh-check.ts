import { access, constants, stat } from 'node:fs/promises'
import { whyNotRunnable } from '../clients/program.ts'
import { DefectError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { SshProgram } from './ssh-call.ts'
import { callSsh } from './ssh-call.ts'

/** The first one that knows `accept-new`. */
const oldest = { major: 7, minor: 6 }
const limitMs = 15_000

/**
 * Whether ssh can be used from here: the program, its configuration, and the private key.
 *
 * @throws DefectError with all that is wrong.
 */
export async function checkSsh(program: SshProgram, identityFile: string | undefined, { signal, log }: Pick<StepContext, 'signal' | 'log'>): Promise<void> {
  const problems = [...(await problemsOfProgram(program, signal, log)), ...(await problemsOfKey(identityFile))]
  signal.throwIfAborted()
  if (problems.length > 0) throw new DefectError(problems.join('; '))
}

async function problemsOfProgram(program: SshProgram, signal: AbortSignal, log: StepContext['log']): Promise<string[]> {
  const why = await whyNotRunnable('ssh', { directory: program.directory, path: program.env['PATH'] })
  if (why !== undefined) return [`cannot run ssh: ${why}: install an OpenSSH client`]
  const [version, configuration] = await Promise.all([['-V'], ['-G', '--', 'localhost']].map((args) => callSsh(args, program, { signal, limitMs })))
  const said = version?.stderr.find((line) => line.trim() !== '') ?? 'ssh does not tell its version'
  log(said)
  const [, major = 0, minor = 0] = /OpenSSH\D{0,20}(\d{1,3})\.(\d{1,3})/.exec(said)?.map(Number) ?? []
  const isOld = major < oldest.major || (major === oldest.major && minor < oldest.minor)
  const isRefused = configuration?.end.is !== 'exited' || configuration.end.code !== 0
  return [
    ...(isOld ? [`${said}: needed is OpenSSH ${oldest.major}.${oldest.minor} or newer`] : []),
    ...(isRefused ? [`ssh does not take its configuration: ${configuration?.stderr.join('; ').slice(0, 1000)}`] : []),
  ]
}

async function problemsOfKey(file: string | undefined): Promise<string[]> {
  if (file === undefined) return []
  try {
    await access(file, constants.R_OK)
    return (await stat(file)).isFile() ? [] : [`identityFile: ${file} is no file`]
  } catch (error) {
    return [`identityFile: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`]
  }
}
