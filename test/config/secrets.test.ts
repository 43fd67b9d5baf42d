import { expect, test } from 'vitest'
import { refuseLiteralSecrets, resolveSecrets } from '../../src/config/secrets.ts'
import { UsageError } from '../../src/model/problem.ts'

test('every ${NAME} in the settings is replaced, once, and its value is a secret', () => {
  const settings = { url: 'http://${USER_NAME}:${PASSWORD}@host/', list: [{ key: '${PASSWORD}', n: 1, off: null, yes: true }], other: '$PASSWORD ${1} ${}' }
  expect(resolveSecrets({ provisioner: settings }, { USER_NAME: 'operator', PASSWORD: 'a${USER_NAME}b$&' })).toEqual({
    settings: { provisioner: { url: 'http://operator:a${USER_NAME}b$&@host/', list: [{ key: 'a${USER_NAME}b$&', n: 1, off: null, yes: true }], other: '$PASSWORD ${1} ${}' } },
    secrets: ['operator', 'a${USER_NAME}b$&'],
  })
})

test('the settings of a benchmark have theirs, too', () => {
  const settings = { provisioner: { token: '${A}' }, benchmark: { env: { B: 'b=${B}', A: '${A}' } } }
  expect(resolveSecrets(settings, { A: 'let-me-in', B: 'open-sesame' })).toEqual({
    settings: { provisioner: { token: 'let-me-in' }, benchmark: { env: { B: 'b=open-sesame', A: 'let-me-in' } } },
    secrets: ['let-me-in', 'open-sesame'],
  })
})

test('of a value of several lines each long line is a secret, too', () => {
  const KEY = '-----BEGIN-----\r\nabcdefgh\nshort\n'
  expect(resolveSecrets({ provisioner: { key: '${KEY}' } }, { KEY }).secrets).toEqual([KEY, KEY.trim(), '-----BEGIN-----', 'abcdefgh'])
})

test('the token of the protocol is a secret where it is set', () => {
  expect([resolveSecrets({}, { RACKBENCH_TOKEN: 'token-1' }), resolveSecrets({}, { RACKBENCH_TOKEN: '' }), resolveSecrets({}, {})]).toEqual([
    { settings: {}, secrets: ['token-1'] },
    { settings: {}, secrets: [] },
    { settings: {}, secrets: [] },
  ])
})

test('a secret that stands in the settings of a provisioner as it is is refused, without its value', () => {
  const problemsOf = (settings: object, type = 'http'): string[] => {
    const problems: string[] = []
    refuseLiteralSecrets({ type, settings: settings as Record<string, string> }, 'file: provisioner', (problem) => problems.push(problem))
    return problems
  }
  const write = 'a secret must not stand in the file: write ${NAME}, and set the environment variable NAME'
  expect(problemsOf({ url: 'http://rack', token: 'hunter2', headers: { 'X-Api-Key': 'hunter2', 'X-Site': 'berlin', cookie: '${COOKIE}' } })).toEqual([
    `file: provisioner.token: ${write}; or leave it out, and set RACKBENCH_TOKEN`,
    `file: provisioner.headers.X-Api-Key: ${write}`,
  ])
  expect(problemsOf({ url: 'http://rack', token: 'Token ${TOKEN}', headers: 7 })).toEqual([])
  expect(problemsOf({ auth: { type: 'http_basic', user: 'operator', password: 'hunter2' } }, 'ironic')).toEqual([`file: provisioner.auth.password: ${write}`])
  expect(problemsOf({ auth: { type: 'token', token: 'hunter2' } }, 'ironic')).toEqual([`file: provisioner.auth.token: ${write}`])
  expect([problemsOf({ auth: { type: 'token', token: '${TOKEN}' } }, 'ironic'), problemsOf({ auth: 'none' }, 'ironic'), problemsOf({ token: 'x' }, 'constructor')]).toEqual([[], [], []])
})

test('each variable that is not set, or too short to be redacted, is named with its place and without its value', () => {
  const resolving = () => resolveSecrets({ provisioner: { a: '${NONE}', b: { c: ['x${SHORT}', '${EMPTY}'] } }, benchmark: { env: { B: '${MORE}' } } }, { SHORT: 'abcde ', EMPTY: '', RACKBENCH_TOKEN: 'abc' })
  expect(resolving).toThrow(
    new UsageError([
      'provisioner.a: the environment variable NONE is not set',
      'provisioner.b.c[0]: the value of SHORT is too short for a secret: it takes at least 6 characters to be redacted',
      'provisioner.b.c[1]: the environment variable EMPTY is not set',
      'benchmark.env.B: the environment variable MORE is not set',
      'RACKBENCH_TOKEN: too short for a secret: it takes at least 6 characters to be redacted',
    ]),
  )
  expect(resolving).toThrow(UsageError)
})
