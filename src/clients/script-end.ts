import { constants } from 'node:os'
import { DefectError, MeasurementError, ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, ServerOperationError, UnknownServerError } from '../model/fault.ts'
import type { ChildEnd } from './child.ts'
import type { ScriptSettings } from './script-settings.ts'

/**
 * What the end of a script says. `away`: that the provisioner cannot be reached. `in doubt`: somebody has ended it, who may be
 * about to end rackbench too.
 */
export type Meaning = { readonly is: 'passed' } | { readonly is: 'failed' | 'away' | 'in doubt'; readonly error: Error }

interface Script {
  /** As it stands in the settings. */
  readonly program: string
  /** The last line that it wrote to stderr. */
  readonly lastError: string
  readonly exitCodes: ScriptSettings['exitCodes']
}

const tempFail = 75
const notExecutable = 126
const notFound = 127
const firstSignalled = 129
const lastSignalled = 143
const endOfSsh = 255

const told = { MeasurementError, RequestRefusedError, ServerNotOursError, UnknownServerError }

/** Says whose fault it was that a script ended as it did. */
export function meaningOf(end: ChildEnd, script: Script): Meaning {
  if (end.is === 'not started') return failed(new DefectError(`cannot run ${script.program}: ${end.error.code ?? end.error.message}`))
  if (end.is === 'killed') return inDoubt(script, `ended by ${end.signal}`)
  return meaningOfCode(end.code, script)
}

function meaningOfCode(code: number, script: Script): Meaning {
  const { program, lastError, exitCodes = {} } = script
  const chosen = exitCodes[code]
  if (code === 0) return { is: 'passed' }
  if (chosen) return failed(new told[chosen](describe(script, `exit code ${code}`)))
  if (code === tempFail) return { is: 'away', error: new ProvisionerUnavailableError(describe(script, `exit code ${code}`)) }
  if (code === notExecutable || code === notFound) return failed(new DefectError(`cannot run ${program}: exit code ${code}${lastError === '' ? '' : `: ${lastError}`}`))
  if (code >= firstSignalled && code <= lastSignalled) return inDoubt(script, `exit code ${code}, as after ${signalOf(code - 128)}`)
  if (code === endOfSsh) return inDoubt(script, `exit code ${code}, as of an ssh that lost its connection or was ended`)
  return failed(new ServerOperationError(describe(script, `exit code ${code}`)))
}

function failed(error: Error): Meaning {
  return { is: 'failed', error }
}

function inDoubt(script: Script, how: string): Meaning {
  return { is: 'in doubt', error: new ProvisionerUnavailableError(describe(script, `${how}, and not by rackbench`)) }
}

function describe({ program, lastError }: Script, how: string): string {
  return lastError === '' ? `${program}: ${how}` : `${lastError} (${program}: ${how})`
}

function signalOf(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
