import fc from 'fast-check'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { FaultType } from '../../src/model/fault.ts'
import {
  DefectError, MeasurementError, PerformanceError, ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, ServerOperationError, StepTimeoutError, UnknownServerError, faultBrand,
} from '../../src/model/fault.ts'
import { classify } from '../../src/run/classify.ts'

const typeOf = (thrown: unknown): FaultType => classify(thrown).failure.type

const own = [PerformanceError, ServerOperationError, StepTimeoutError, MeasurementError, ProvisionerUnavailableError, RequestRefusedError, DefectError, UnknownServerError, ServerNotOursError]
const coded = (code: string): Error => Object.assign(new Error(`it failed with ${code}`), { code })
const network = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID']
const machine = ['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EROFS', 'ENOMEM']
const named = (name: string): Error => Object.assign(new Error(name), { name })

/** Everything that the design's table names, and what it is. */
const faults: readonly (readonly [what: string, make: () => unknown, type: FaultType])[] = [
  ...own.map((Class) => [new Class('x').name, () => new Class('it said why'), new Class('x')[faultBrand]] as const),
  ...network.map((code) => [code, () => coded(code), 'ProvisionerUnavailableError'] as const),
  ...['AbortError', 'TimeoutError'].map((name) => [name, () => named(name), 'ProvisionerUnavailableError'] as const),
  ...machine.map((code) => [code, () => coded(code), 'DefectError'] as const),
  ...[TypeError, ReferenceError, RangeError, SyntaxError, URIError].map((Class) => [Class.name, () => new Class('undefined is not a function'), 'DefectError'] as const),
  ['a plain Error', () => new Error('PXE boot timed out'), 'ServerOperationError'],
]

/** Wrapped so often that the error lies `levels` deep; the outermost is 1 deep. */
const wrapped = (error: unknown, levels: number): unknown => (levels <= 1 ? error : new Error('outer', { cause: wrapped(error, levels - 1) }))

describe.each(faults)('%s', (_what, make, type) => {
  test('is the same whether it is thrown bare, as a cause, or among others', () => {
    const all = [make(), wrapped(make(), 2), new AggregateError([new Error('another'), make()], 'all failed'), wrapped(new AggregateError([make()]), 3)]
    expect(all.map(typeOf)).toEqual([type, type, type, type])
  })

  test('is found 8 deep, and not 9 deep', () => {
    expect([typeOf(wrapped(make(), 8)), typeOf(wrapped(make(), 9))]).toEqual([type, 'ServerOperationError'])
  })
})

describe('the order of the rules stands over the order of the causes', () => {
  test.each<[string, unknown, FaultType]>([
    ['our class within a TypeError', new TypeError('x', { cause: new ServerNotOursError('in use') }), 'ServerNotOursError'],
    ['our class within a network error', Object.assign(coded('ECONNRESET'), { cause: new RequestRefusedError('401') }), 'RequestRefusedError'],
    ['a network code within a TypeError', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }), 'ProvisionerUnavailableError'],
    ['a network code within an error of this machine', Object.assign(coded('ENOENT'), { cause: coded('ECONNRESET') }), 'ProvisionerUnavailableError'],
    ['a code of this machine within a plain error', new Error('cannot run', { cause: coded('ENOENT') }), 'DefectError'],
    ['a TypeError within a plain error', new Error('install failed', { cause: new TypeError('x is not a function') }), 'DefectError'],
    ['the outermost of two of our classes', new ServerOperationError('x', { cause: new UnknownServerError('y') }), 'ServerOperationError'],
  ])('%s', (_what, thrown, type) => {
    expect(typeOf(thrown)).toBe(type)
  })
})

test("what fetch throws for a dead port is the provisioner's, not a defect", async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const thrown: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(TypeError)
  expect(classify(thrown)).toEqual({
    failure: { type: 'ProvisionerUnavailableError', message: `fetch failed: connect ECONNREFUSED 127.0.0.1:${port}` },
    retryable: false,
    busy: false,
    isAbort: false,
  })
})

test('a brand of another copy of the package counts, one that we do not know does not', () => {
  expect(['UnknownServerError', 'NoSuchError', 'RunStopped', 'toString', '__proto__'].map((brand) => typeOf(Object.assign(new Error('from elsewhere'), { [Symbol.for('rackbench.fault')]: brand })))).toEqual([
    'UnknownServerError', 'ServerOperationError', 'ServerOperationError', 'ServerOperationError', 'ServerOperationError',
  ])
  expect(typeOf({ [Symbol.for('rackbench.fault')]: 'ServerNotOursError', message: 'branded, but no Error' })).toBe('ServerNotOursError')
})

describe('what it says of an error is whole:', () => {
  test.each<[string, unknown, object]>([
    ['a retryable error', new ServerOperationError('PXE', { retryable: true }), { failure: { type: 'ServerOperationError', message: 'PXE' }, retryable: true, busy: false, isAbort: false }],
    ['a plain error that says it is retryable', Object.assign(new Error('PXE'), { retryable: true }), { failure: { type: 'ServerOperationError', message: 'PXE' }, retryable: true, busy: false, isAbort: false }],
    ['one that is retryable within', new Error('install', { cause: new ServerOperationError('PXE', { retryable: true }) }), { failure: { type: 'ServerOperationError', message: 'install: PXE' }, retryable: true, busy: false, isAbort: false }],
    ['a truthy word is not true', Object.assign(new Error('PXE'), { retryable: 'yes' }), { failure: { type: 'ServerOperationError', message: 'PXE' }, retryable: false, busy: false, isAbort: false }],
    ['only errors of the server are retryable', new MeasurementError('no number', { retryable: true }), { failure: { type: 'MeasurementError', message: 'no number' }, retryable: false, busy: false, isAbort: false }],
    ['busy', new ProvisionerUnavailableError('429', { busy: true, retryAfterMs: 7000 }), { failure: { type: 'ProvisionerUnavailableError', message: '429' }, retryable: false, busy: true, retryAfterMs: 7000, isAbort: false }],
    ['a wait that is no number', new ProvisionerUnavailableError('429', { retryAfterMs: Number.NaN }), { failure: { type: 'ProvisionerUnavailableError', message: '429' }, retryable: false, busy: false, isAbort: false }],
    ['a wait below nothing', new ProvisionerUnavailableError('429', { retryAfterMs: -1 }), { failure: { type: 'ProvisionerUnavailableError', message: '429' }, retryable: false, busy: false, isAbort: false }],
    ['an abort', named('AbortError'), { failure: { type: 'ProvisionerUnavailableError', message: 'AbortError' }, retryable: false, busy: false, isAbort: true }],
    ['a network code', coded('ECONNRESET'), { failure: { type: 'ProvisionerUnavailableError', message: 'it failed with ECONNRESET' }, retryable: false, busy: false, isAbort: false }],
    [
      'violations',
      new PerformanceError('slow', { violations: [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }] }),
      { failure: { type: 'PerformanceError', message: 'slow' }, retryable: false, busy: false, violations: [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }], isAbort: false },
    ],
    ['violations that are none', Object.assign(new PerformanceError('slow'), { violations: ['score'] }), { failure: { type: 'PerformanceError', message: 'slow' }, retryable: false, busy: false, isAbort: false }],
    ['a cause that says no more', new Error('no answer: ECONNREFUSED', { cause: Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' }) }), { failure: { type: 'ProvisionerUnavailableError', message: 'no answer: ECONNREFUSED' }, retryable: false, busy: false, isAbort: false }],
    ['a plain error with a cause', new Error('install failed', { cause: new Error('PXE boot timed out') }), { failure: { type: 'ServerOperationError', message: 'install failed: PXE boot timed out' }, retryable: false, busy: false, isAbort: false }],
    ['many errors and no message', new AggregateError([new Error(''), new Error('disk 1'), new Error('disk 2')]), { failure: { type: 'ServerOperationError', message: 'disk 1' }, retryable: false, busy: false, isAbort: false }],
    ['no message at all', new Error(), { failure: { type: 'ServerOperationError', message: 'ServerOperationError without a message' }, retryable: false, busy: false, isAbort: false }],
  ])('%s', (_what, thrown, expected) => {
    expect(classify(thrown)).toEqual(expected)
  })

  test('a defect has its stack', () => {
    const thrown = new TypeError('x is not a function')
    expect(classify(thrown).failure).toEqual({ type: 'DefectError', message: 'x is not a function', stack: thrown.stack })
  })
})

describe('what is no Error is a defect, and is shown:', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  test.each<[unknown, string]>([
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [42, '42'],
    [{ status: 500 }, '{"status":500}'],
    [cyclic, 'object'],
    [10n, 'bigint'],
    [Symbol('s'), 'symbol'],
    [() => 1, 'function'],
  ])('%o', (thrown, shown) => {
    expect(classify(thrown).failure).toEqual({ type: 'DefectError', message: `something that is no Error was thrown: ${shown}`, stack: '' })
  })
})

describe('it never throws', () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    return proxy
  }
  const hostile = <T extends object>(target: T): T => {
    const boo = (): never => {
      throw new Error('boo')
    }
    return new Proxy(target, { get: boo, getPrototypeOf: boo, has: boo, ownKeys: boo, getOwnPropertyDescriptor: boo })
  }
  const cyclicCause = new Error('round')
  cyclicCause.cause = new Error('and round', { cause: cyclicCause })
  const wide = new AggregateError(Array.from({ length: 100_000 }, (_, n) => new Error(`error ${n}`)), 'many')
  class Getter extends Error {
    override get message(): string {
      throw new Error('boo')
    }
  }
  test.each<[string, unknown, FaultType]>([
    ['a revoked proxy', revoked(), 'DefectError'],
    ['a proxy whose every trap throws', hostile(new Error('x')), 'DefectError'],
    ['a getter that throws', new Getter(), 'ServerOperationError'],
    ['a revoked proxy for errors', Object.assign(new Error('x'), { errors: revoked() }), 'ServerOperationError'],
    ['a hostile array for errors', Object.assign(new Error('x'), { errors: hostile([new TypeError('y')]) }), 'ServerOperationError'],
    ['a hostile error among errors', new AggregateError([hostile(new Error('x')), new RequestRefusedError('no')]), 'RequestRefusedError'],
    ['hostile violations', Object.assign(new PerformanceError('slow'), { violations: [hostile({})] }), 'PerformanceError'],
    ['violations of a revoked proxy', Object.assign(new PerformanceError('slow'), { violations: revoked() }), 'PerformanceError'],
    ['causes in a circle', cyclicCause, 'ServerOperationError'],
    ['an error that is its own cause', (() => { const error = new TypeError('me'); error.cause = error; return error })(), 'DefectError'],
    ['100,000 errors at once', wide, 'ServerOperationError'],
    ['properties of other kinds', Object.assign(new Error('x'), { code: 7, name: {}, errors: 'many', cause: 'a text', retryAfterMs: 'soon' }), 'ServerOperationError'],
  ])('at %s', (_what, thrown, type) => {
    expect(typeOf(thrown)).toBe(type)
  })

  test('at anything at all', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSparseArray: true }), (thrown) => {
        expect(typeOf(thrown)).toBe('DefectError')
      }),
    )
  })
})
