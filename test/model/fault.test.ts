import { expect, test } from 'vitest'
import {
  DefectError, MeasurementError, PerformanceError, ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, ServerOperationError, StepTimeoutError, UnknownServerError, blames, faultBrand,
} from '../../src/model/fault.ts'

const classes = { PerformanceError, ServerOperationError, StepTimeoutError, MeasurementError, ProvisionerUnavailableError, RequestRefusedError, DefectError, UnknownServerError, ServerNotOursError }

test('whose fault each class is, is the table of the design', () => {
  const rows = Object.entries(blames).map(([type, { server, judged, marked }]) => [type, server, judged ? 'judged' : 'not judged', marked ? 'marked' : 'not marked'])
  expect(rows).toEqual([
    ['PerformanceError', 'failed', 'judged', 'marked'],
    ['ServerOperationError', 'failed', 'judged', 'marked'],
    ['StepTimeoutError', 'failed', 'judged', 'marked'],
    ['MeasurementError', 'failed', 'judged', 'not marked'],
    ['ProvisionerUnavailableError', 'failed', 'not judged', 'not marked'],
    ['RequestRefusedError', 'failed', 'not judged', 'not marked'],
    ['DefectError', 'failed', 'not judged', 'not marked'],
    ['UnknownServerError', 'failed', 'not judged', 'not marked'],
    ['ServerNotOursError', 'skipped', 'not judged', 'not marked'],
    ['RunStopped', 'skipped', 'not judged', 'not marked'],
  ])
})

test.each(Object.entries(classes))('%s bears its name and its brand, its cause, and is not retryable unless it says so', (name, Class) => {
  const cause = new Error('inner')
  const error = new Class('outer', { cause })
  expect({ name: error.name, brand: error[faultBrand], message: error.message, cause: error.cause, retryable: error.retryable }).toEqual({ name, brand: name, message: 'outer', cause, retryable: false })
  expect(new Class('outer', { retryable: true }).retryable).toBe(true)
  expect(error).toBeInstanceOf(Error)
})

test('the brand is the same in every copy of the package', () => {
  expect(faultBrand).toBe(Symbol.for('rackbench.fault'))
})

test('an unavailable provisioner may say that it is busy, and when to come back', () => {
  const plain = new ProvisionerUnavailableError('away')
  const busy = new ProvisionerUnavailableError('busy', { busy: true, retryAfterMs: 5000 })
  expect([plain, busy].map(({ busy: isBusy, retryAfterMs }) => [isBusy, retryAfterMs])).toEqual([[false, undefined], [true, 5000]])
})

test('a performance error tells its violations', () => {
  const violations = [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }]
  expect([new PerformanceError('slow').violations, new PerformanceError('slow', { violations }).violations]).toEqual([[], violations])
})
