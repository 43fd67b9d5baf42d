import type { FaultType } from '../model/fault.ts'
import { classify } from '../run/classify.ts'

/** Whose fault it is that a provisioner could not be asked, and what to do about it. */
export interface Told {
  /** With the message of what was thrown, as it came. */
  readonly text: string
  readonly todo: string
}

type Blame = readonly [whose: string, todo: string]

const away: Blame = ['the provisioner, or the network to it, is away', 'see that it runs, and that this machine reaches it: address, port, proxy, certificate']
const refused: Blame = ['the provisioner refuses the request', 'look at the credentials (RACKBENCH_TOKEN, or those of its settings) and at the address']
const defect: Blame = ['the adapter or this machine is at fault, not the provisioner', 'correct what is named here: it is nothing that the provisioner could mend']
const unclear: Blame = ['the adapter does not say whose fault it is', 'look at the provisioner; in a module of your own throw what docs/provisioners.md names']

const blames: Readonly<Partial<Record<FaultType, Blame>>> = { ProvisionerUnavailableError: away, RequestRefusedError: refused, DefectError: defect }

/** Tells of what a provisioner threw that was asked about no single server. */
export function whoseFault(thrown: unknown): Told {
  const { type, message } = classify(thrown).failure
  const [whose, todo] = blames[type] ?? unclear
  return { text: `${whose}: ${message} (${type})`, todo }
}
