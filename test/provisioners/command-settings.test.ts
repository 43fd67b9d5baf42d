import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { readCommandSettings } from '../../src/provisioners/command-settings.ts'

const least = { install: ['./install.sh', '{id}'], destroy: ['./destroy.sh'], markAsBroken: ['retire', '{id}', '{reason}'] }

function problemsOf(settings: unknown): readonly string[] {
  try {
    readCommandSettings(settings)
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

test('three verbs are enough', () => {
  expect(readCommandSettings(least)).toEqual(least)
})

test('all that may be set is taken as it stands', () => {
  const settings = { ...least, directory: '/srv/rack', benchmark: ['./benchmark.sh'], env: { RACK_TOKEN: 'hunter2-hunter2' }, exitCodes: { '10': 'ServerNotOursError', '254': 'MeasurementError' } }
  expect(readCommandSettings(settings)).toEqual(settings)
})

const codes = 'is no exit code to choose: take one from 1 to 254, other than 75 and 126 to 143'

test.each<[unknown, string[]]>([
  [{}, [
    'provisioner.install: expected an array, but it is missing; write for example [./install.sh, "{id}"]',
    'provisioner.destroy: expected an array, but it is missing; write for example [./destroy.sh, "{id}"]',
    'provisioner.markAsBroken: expected an array, but it is missing; write for example [./markAsBroken.sh, "{id}"]',
  ]],
  [{ ...least, install: './install.sh {id}', destroy: [], markAsBroken: [''] }, [
    'provisioner.install: expected an array, got "./install.sh {id}"; write for example [./install.sh, "{id}"]',
    'provisioner.destroy: expected a program and its arguments, got []; write for example [./destroy.sh, "{id}"]',
    'provisioner.markAsBroken: expected a program and its arguments, got [""]; write for example [./markAsBroken.sh, "{id}"]',
  ]],
  [{ ...least, install: ['./install.sh', 5, 'a\0b'], benchmark: null }, [
    'provisioner.install[1]: expected a string, got 5',
    'provisioner.install[2]: expected a text without NUL characters, got "a\\u0000b"',
    'provisioner.benchmark: expected an array, got null; write for example [./benchmark.sh, "{id}"]',
  ]],
  [{ ...least, wipe: ['./wipe.sh'], directory: 5 }, [
    'provisioner.directory: expected a string, got 5',
    'provisioner: unknown key "wipe"; the settings of command are directory, install, benchmark, destroy, markAsBroken, env, exitCodes',
  ]],
  [{ ...least, env: { 'A B': 'x', C: 5 } }, ['provisioner.env.A B: is no name of a variable', 'provisioner.env.C: expected a string, got 5']],
  [{ ...least, exitCodes: { '10': 'TypeError' } }, [
    'provisioner.exitCodes.10: expected ServerNotOursError | UnknownServerError | RequestRefusedError | MeasurementError, got "TypeError"',
  ]],
  ...['0', '75', '126', '127', '129', '143', '255', '256', '1.5', '-1', '01', 'x'].map((code): [unknown, string[]] => [
    { ...least, exitCodes: { [code]: 'UnknownServerError' } }, [`provisioner.exitCodes.${code}: ${codes}`],
  ]),
  ['text', ['provisioner: expected an object, got "text"']],
])('of %j every problem is told, with where it is and what to write', (settings, problems) => {
  expect(problemsOf(settings)).toEqual(problems)
})
