import { describe, expect, test } from 'vitest'
import { checkProvisioner, notKnown, notOpened, strayFaults } from '../../../src/cli/doctor/provisioner.ts'
import { startPatience } from '../../../src/cli/patience.ts'
import { DefectError, ProvisionerUnavailableError, RequestRefusedError } from '../../../src/model/fault.ts'
import type { Provisioner } from '../../../src/model/provisioner.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'

async function checked(check: Provisioner['check']): Promise<{ readonly status: string; readonly finding: string; readonly tookMs: number }> {
  const clock = virtualClock()
  const patience = startPatience({ limitMs: 30_000, clock })
  const { status, finding } = await clock.run(checkProvisioner({ name: 'mine', ...(check && { check }) }, patience))
  return { status, finding, tookMs: clock.elapsed() }
}

describe('a provisioner', () => {
  test.each<[string, Provisioner['check'], string, string]>([
    ['that can be used is told', async () => {}, 'ok', 'the check of mine passed'],
    ['without a check is told', undefined, 'warn', 'mine cannot be checked: it has no check()'],
    ['that is away is at fault itself', async () => { throw new ProvisionerUnavailableError('ECONNREFUSED') }, 'fail', 'the check of mine failed: the provisioner, or the network to it, is away: ECONNREFUSED (ProvisionerUnavailableError)'],
    ['that refuses is told so', async () => { throw new RequestRefusedError('401') }, 'fail', 'the check of mine failed: the provisioner refuses the request: 401 (RequestRefusedError)'],
    ['whose adapter is wrong is not at fault', async () => { throw new DefectError('cannot run ./install.sh') }, 'fail', 'the check of mine failed: the adapter or this machine is at fault, not the provisioner: cannot run ./install.sh (DefectError)'],
    ['that throws at once is heard', () => { throw new TypeError('x is not a function') }, 'fail', 'the check of mine failed: the adapter or this machine is at fault, not the provisioner: x is not a function (DefectError)'],
    ['that does not say is quoted', async () => { throw new Error('no') }, 'fail', 'the check of mine failed: the adapter does not say whose fault it is: no (ServerOperationError)'],
  ])('%s', async (_what, check, status, finding) => {
    expect(await checked(check)).toEqual({ status, finding, tookMs: 0 })
  })

  test('that hangs until its signal aborts has not answered', async () => {
    const check = ({ signal }: { readonly signal: AbortSignal }): Promise<void> => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    expect(await checked(check)).toEqual({ status: 'fail', finding: 'the check of mine failed: the provisioner, or the network to it, is away: no answer within 30s (ProvisionerUnavailableError)', tookMs: 30_000 })
  })

  test('whose adapter hears no signal is left behind', async () => {
    const finding = 'the check of mine failed: the adapter or this machine is at fault, not the provisioner: it has not answered within 30s, and did not heed its signal (DefectError)'
    expect(await checked(() => new Promise(() => {}))).toEqual({ status: 'fail', finding, tookMs: 32_000 })
  })

  test('that cannot be opened, or throws outside of any call, has a finding for each problem', () => {
    expect([...notOpened(['a', 'b']), ...strayFaults(['c']), notKnown].map(({ status, finding }) => `${status} ${finding}`)).toEqual(['fail a', 'fail b', 'fail c', 'warn not looked at'])
  })
})
