import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChildEnd } from '../../src/clients/child.ts'
import type { Meaning } from '../../src/clients/script-end.ts'
import { meaningOf } from '../../src/clients/script-end.ts'
import type { ScriptSettings } from '../../src/clients/script-settings.ts'
import { classify } from '../../src/run/classify.ts'

function told(end: ChildEnd, lastError = '', exitCodes?: ScriptSettings['exitCodes']): [Meaning['is'], string?] {
  const meaning = meaningOf(end, { program: './install.sh', lastError, exitCodes })
  if (meaning.is === 'passed') return ['passed']
  const { type, message } = classify(meaning.error).failure
  return [meaning.is, `${type}: ${message}`]
}
const exited = (code: number): ChildEnd => ({ is: 'exited', code })
const notStarted = (code: string): ChildEnd => ({ is: 'not started', error: Object.assign(new Error(`spawn ./install.sh ${code}`), { code }) })

test.each<[ChildEnd, Meaning['is'], string?]>([
  [exited(0), 'passed'],
  [exited(1), 'failed', 'ServerOperationError: ./install.sh: exit code 1'],
  [exited(17), 'failed', 'ServerOperationError: ./install.sh: exit code 17'],
  [exited(75), 'away', 'ProvisionerUnavailableError: ./install.sh: exit code 75'],
  [exited(126), 'failed', 'DefectError: cannot run ./install.sh: exit code 126'],
  [exited(127), 'failed', 'DefectError: cannot run ./install.sh: exit code 127'],
  [exited(128), 'failed', 'ServerOperationError: ./install.sh: exit code 128'],
  [exited(129), 'in doubt', 'ProvisionerUnavailableError: ./install.sh: exit code 129, as after SIGHUP, and not by rackbench'],
  [exited(137), 'in doubt', 'ProvisionerUnavailableError: ./install.sh: exit code 137, as after SIGKILL, and not by rackbench'],
  [exited(143), 'in doubt', 'ProvisionerUnavailableError: ./install.sh: exit code 143, as after SIGTERM, and not by rackbench'],
  [exited(144), 'failed', 'ServerOperationError: ./install.sh: exit code 144'],
  [exited(255), 'in doubt', 'ProvisionerUnavailableError: ./install.sh: exit code 255, as of an ssh that lost its connection or was ended, and not by rackbench'],
  [{ is: 'killed', signal: 'SIGKILL' }, 'in doubt', 'ProvisionerUnavailableError: ./install.sh: ended by SIGKILL, and not by rackbench'],
  [{ is: 'killed', signal: 'SIGSEGV' }, 'in doubt', 'ProvisionerUnavailableError: ./install.sh: ended by SIGSEGV, and not by rackbench'],
  [notStarted('ENOENT'), 'failed', 'DefectError: cannot run ./install.sh: ENOENT'],
  [notStarted('EMFILE'), 'failed', 'DefectError: cannot run ./install.sh: EMFILE'],
])('%j: %s, %s', (end, ...meaning) => {
  expect(told(end)).toEqual(meaning)
})

test('what a script said last on stderr comes first', () => {
  expect(told(exited(17), 'PXE boot timed out')).toEqual(['failed', 'ServerOperationError: PXE boot timed out (./install.sh: exit code 17)'])
  expect(told(exited(75), 'rackctl: 503')).toEqual(['away', 'ProvisionerUnavailableError: rackctl: 503 (./install.sh: exit code 75)'])
  expect(told(exited(127), 'line 3: ipmitool: not found')).toEqual(['failed', 'DefectError: cannot run ./install.sh: exit code 127: line 3: ipmitool: not found'])
})

test('the settings may give a code that has no meaning one', () => {
  const exitCodes = { '10': 'ServerNotOursError', '11': 'UnknownServerError', '12': 'RequestRefusedError', '13': 'MeasurementError' } as const
  expect([10, 11, 12, 13, 14].map((code) => told(exited(code), 'in use', exitCodes)[1])).toEqual([
    'ServerNotOursError: in use (./install.sh: exit code 10)',
    'UnknownServerError: in use (./install.sh: exit code 11)',
    'RequestRefusedError: in use (./install.sh: exit code 12)',
    'MeasurementError: in use (./install.sh: exit code 13)',
    'ServerOperationError: in use (./install.sh: exit code 14)',
  ])
})

test('a server is condemned for no exit code that may be of a signal, of the shell or of the network', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 255 }), (code) => {
      const [, message = ''] = told(exited(code))
      const mayBeOthers = code === 75 || (code >= 126 && code <= 127) || (code >= 129 && code <= 143) || code === 255
      expect(message.startsWith('ServerOperationError')).toBe(!mayBeOthers)
    }),
  )
})
