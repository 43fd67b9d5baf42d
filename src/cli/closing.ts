import type { Clock } from '../model/clock.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { said } from '../model/said.ts'

const longestClosingMs = 10_000

/** Lets the provisioner close what it holds open, but not for ever. */
export async function closeProvisioner(provisioner: Provisioner, clock: Clock, onProblem: (problem: string) => void): Promise<void> {
  if (!provisioner.close) return
  let cancel = (): void => {}
  const tooLong = new Promise<void>((resolve) => {
    cancel = clock.after(longestClosingMs, () => {
      onProblem(`provisioner ${provisioner.name} did not close within ${longestClosingMs / 1000} s`)
      resolve()
    })
  })
  const closing = (async () => provisioner.close?.())().catch((error: unknown) => {
    onProblem(`provisioner ${provisioner.name} could not be closed: ${said(error)}`)
  })
  await Promise.race([closing, tooLong])
  cancel()
}
