import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError, ServerOperationError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Hide } from './answer.ts'
import { pause } from './pause.ts'
import type { PolledOperation, Succeeded } from './protocol-schema.ts'

interface Following extends Pick<StepContext, 'signal' | 'log'> {
  readonly post: () => Promise<PolledOperation>
  readonly poll: (id: string) => Promise<PolledOperation | 'forgotten'>
  readonly clock: Clock
  readonly hide: Hide
}

const shortestWaitMs = 50
const longestWaitMs = 10_000
const longestAskedWaitMs = 60_000

/**
 * Waits for the end of an operation: polls it as often as it asks for, otherwise ever less often, so that its end is heard of within
 * a thirtieth of the time it has taken.
 *
 * @throws ServerOperationError with what the provisioner says if it has failed; ProvisionerUnavailableError if it is forgotten twice.
 */
export async function followOperation({ post, poll, signal, log, clock, hide }: Following): Promise<Succeeded> {
  const begun = clock.elapsed()
  let told = await post()
  let isAskedAgain = false
  for (;;) {
    for (const line of told.log ?? []) log(hide(line))
    if (told.status === 'succeeded') return told
    // The code is the protocol's only word for a failure that may pass.
    if (told.status === 'failed') throw new ServerOperationError(hide(told.error.message) || 'the provisioner does not say why', { retryable: told.error.code === 'retryable' })
    const { id, retryAfterMs } = told
    const paceMs = Math.min(longestWaitMs, (clock.elapsed() - begun) / 30)
    await pause(Math.max(shortestWaitMs, Math.min(longestAskedWaitMs, retryAfterMs ?? paceMs)), signal, clock)
    const found = await poll(id)
    if (found === 'forgotten') {
      if (isAskedAgain) throw new ProvisionerUnavailableError(`the provisioner has forgotten operation ${hide(id)}, though it was asked for again`)
      log(`the provisioner has forgotten operation ${hide(id)}: it is asked for again under the same key`, 'warn')
      told = await post()
    } else told = found
    isAskedAgain = found === 'forgotten'
  }
}
