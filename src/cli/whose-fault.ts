import type { FaultType } from '../model/fault.ts'
import { classify } from '../run/classify.ts'

/** Who was asked. */
type Whom = 'provisioner' | 'inventory'

/** Whose fault it is that a provisioner or an inventory could not be asked, and what to do about it. */
export interface Told {
  /** With the message of what was thrown, as it came. */
  readonly text: string
  readonly todo: string
}

type Blame = readonly [whose: string, todo: string]

const away = (whom: Whom): Blame => [`the ${whom}, or the network to it, is away`, 'see that it runs, and that this machine reaches it: address, port, proxy, certificate']
const refused = (whom: Whom): Blame => [`the ${whom} refuses the request`, `look at the credentials (${whom === 'provisioner' ? 'RACKBENCH_TOKEN, or ' : ''}those of its settings) and at the address`]
const defect = (whom: Whom): Blame => [`the adapter or this machine is at fault, not the ${whom}`, `correct what is named here: it is nothing that the ${whom} could mend`]
const unclear = (whom: Whom): Blame => ['the adapter does not say whose fault it is', `look at the ${whom}; in a module of your own throw what docs/provisioners.md names`]

const blames: Readonly<Partial<Record<FaultType, (whom: Whom) => Blame>>> = { ProvisionerUnavailableError: away, RequestRefusedError: refused, DefectError: defect }

/** Tells of what was thrown by somebody who was asked about no single server. */
export function whoseFault(thrown: unknown, whom: Whom = 'provisioner'): Told {
  const { type, message } = classify(thrown).failure
  const [whose, todo] = (blames[type] ?? unclear)(whom)
  return { text: `${whose}: ${message} (${type})`, todo }
}
