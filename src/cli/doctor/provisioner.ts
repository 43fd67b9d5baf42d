import type { Provisioner } from '../../model/provisioner.ts'
import type { Patience } from '../patience.ts'
import { whoseFault } from '../whose-fault.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

const { ok, warn, fail } = about('provisioner')

/** Asks a provisioner whether it can be used. Touches no server. */
export async function checkProvisioner(provisioner: Pick<Provisioner, 'name' | 'check'>, { signal, wait }: Patience): Promise<Finding> {
  const { name } = provisioner
  if (!provisioner.check) return warn(`${name} cannot be checked: it has no check()`, 'give the module a check() that tries address and credentials; without one the first install tells')
  try {
    await wait(() => provisioner.check?.({ signal, log: () => {} }))
    return ok(`the check of ${name} passed`)
  } catch (error) {
    const { text, todo } = whoseFault(error)
    return fail(`the check of ${name} failed: ${text}`, todo)
  }
}

/** One that cannot be opened. */
export function notOpened(problems: readonly string[]): Finding[] {
  return problems.map((problem) => fail(problem, 'correct its settings, or the module: docs/configuration.md, docs/provisioners.md'))
}

/** One that is not known, since the configuration has to be corrected first. */
export const notKnown: Finding = warn('not looked at', 'correct the configuration first')

/** What a module threw outside of any call. */
export function strayFaults(faults: readonly string[]): Finding[] {
  return faults.map((fault) => fail(fault, 'correct the module: in a run this is a problem of its own'))
}
