import { expect, test } from 'vitest'
import { readCommandBenchmark } from '../../src/benchmarks/command-settings.ts'
import { UsageError } from '../../src/model/problem.ts'

function problemsOf(settings: unknown): readonly string[] {
  try {
    readCommandBenchmark(settings)
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

test.each<object>([
  { run: ['./measure.sh'] },
  { run: ['fio-from-here', '{address}', '--model={label.model}'], directory: '/srv', env: { TOKEN: 'x' }, exitCodes: { '10': 'MeasurementError' }, metrics: { a: {}, 'b.p99': { unit: 'ms', better: 'lower' } } },
])('%j is taken as it stands', (settings) => {
  expect(readCommandBenchmark(settings)).toEqual(settings)
})

test.each<[unknown, string[]]>([
  [{}, ['benchmark.run: expected an array, but it is missing; write for example [./measure.sh, "{address}"]']],
  [{ run: './measure.sh {address}' }, ['benchmark.run: expected an array, got "./measure.sh {address}"; write for example [./measure.sh, "{address}"]']],
  [{ run: [] }, ['benchmark.run: expected a program and its arguments, got []; write for example [./measure.sh, "{address}"]']],
  [{ run: ['x', 5], metrics: { a: { better: 'up' }, b: 'ms', c: { units: 'ms' } } }, [
    'benchmark.run[1]: expected a string, got 5',
    'benchmark.metrics.a.better: expected higher | lower, got "up"',
    'benchmark.metrics.b: expected an object, got "ms"',
    'benchmark.metrics.c: unknown key "units"',
  ]],
  [{ run: ['x'], ready: '5m', exitCodes: { 75: 'MeasurementError' } }, [
    'benchmark.exitCodes.75: is no exit code to choose: take one from 1 to 254, other than 75 and 126 to 143',
    'benchmark: unknown key "ready"; the settings of command are run, metrics, directory, env, exitCodes',
  ]],
  [null, ['benchmark: expected an object, got null']],
])('of %j every problem is told, with where it is', (settings, problems) => {
  expect(problemsOf(settings)).toEqual(problems)
})
