import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandBenchmark } from '../../src/benchmarks/command.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Metrics } from '../../src/model/metrics.ts'
import type { Benchmark, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { classify } from '../../src/run/classify.ts'

const directory = join(import.meta.dirname, '../fixtures/scripts')
const server: Server = { id: '104' as ServerId, address: '10.0.0.4', labels: { model: 'r640' } }
const installed = { address: '10.9.9.9', facts: { os: 'debian-12', bios: '2.1', model: 'found' } }

function benchmarkOf(...run: readonly string[]): Benchmark {
  const world = { clock: systemClock, env: { PATH: process.env['PATH'] }, directory, doubtMs: 10 }
  return commandBenchmark({ run, env: { TOKEN: 'hunter2' }, exitCodes: { 10: 'MeasurementError' } }, world)
}

interface Trial {
  readonly answer?: number | Metrics
  readonly failure?: string
  readonly said: readonly string[]
}

async function trial(benchmark: Benchmark, parts: Partial<StepContext> = {}): Promise<Trial> {
  const said: string[] = []
  const context: StepContext = { signal: new AbortController().signal, attempt: 2, idempotencyKey: 'r/104/benchmark/1', log: (line) => said.push(line), ...parts }
  return benchmark.run(server, context).then(
    (answer) => ({ answer, said }),
    (error: unknown) => {
      const { type, message } = classify(error).failure
      return { failure: `${type}: ${message}`, said }
    },
  )
}

test('it measures what its last line says, and all it prints goes to the log of the server', async () => {
  expect(await trial(benchmarkOf('sh', '-c', 'echo fio; echo 81.5'))).toEqual({ answer: 81.5, said: ['fio', '81.5'] })
  expect(await trial(benchmarkOf('sh', '-c', 'echo fio; echo "{\\"cpu\\": 900, \\"disk.p99\\": 1.5}"'))).toMatchObject({ answer: { cpu: 900, 'disk.p99': 1.5 } })
})

test('in its arguments stand the words and labels of the server: what install found out is known, labels that were given win', async () => {
  const asked = ['{id}', '{os}', '--host={address}', '{label.model} {label.bios}', '{label.rack}', '{model}']
  expect((await trial(benchmarkOf('sh', '-c', 'printf "%s\\n" "$@"; echo 1', 'sh', ...asked), { installed })).said).toEqual(['104', 'debian-12', '--host=10.9.9.9', 'r640 2.1', '', '{model}', '1'])
  expect((await trial(benchmarkOf('sh', '-c', 'echo "[$1] [$2]"; echo 1', 'sh', '{os}', '{address}'))).said).toEqual(['[] [10.0.0.4]', '1'])
})

test('its environment says the same', async () => {
  expect((await trial(benchmarkOf('./environment.sh'), { installed })).said).toEqual([
    'RACKBENCH_ADDRESS=10.9.9.9', 'RACKBENCH_ATTEMPT=2', 'RACKBENCH_KEY=r/104/benchmark/1', 'RACKBENCH_LABEL_BIOS=2.1', 'RACKBENCH_LABEL_MODEL=r640', 'RACKBENCH_LABEL_OS=debian-12',
    'RACKBENCH_OS=debian-12', 'RACKBENCH_REASON=', 'RACKBENCH_RUN_ID=r', 'RACKBENCH_SERVER_ID=104',
  ])
})

test.each([
  [['./half-json.sh'], 'MeasurementError: the last line of ./half-json.sh is "{\\"cpu\\": 900, \\"di": it should be a number, or a JSON object of metrics in one line'],
  [['true'], 'MeasurementError: true printed nothing: it should be a number, or a JSON object of metrics in one line'],
  [['./exit.sh', '17'], 'ServerOperationError: PXE boot timed out (./exit.sh: exit code 17)'],
  [['./exit.sh', '10'], 'MeasurementError: PXE boot timed out (./exit.sh: exit code 10)'],
  [['./exit.sh', '75'], 'ProvisionerUnavailableError: PXE boot timed out (./exit.sh: exit code 75)'],
  [['./kill-self.sh', 'TERM'], 'ProvisionerUnavailableError: ./kill-self.sh: ended by SIGTERM, and not by rackbench'],
  [['./none.sh'], 'DefectError: cannot run ./none.sh: ENOENT'],
])('of %j the exit code, or the lack of a last line, says whose fault it was', async (argv, failure) => {
  expect((await trial(benchmarkOf(...argv))).failure).toBe(failure)
})

test('an abort ends the script, and is told as it came', async () => {
  const stop = new AbortController()
  const stopped = new Error('the run was stopped')
  const context: StepContext = { signal: stop.signal, attempt: 1, idempotencyKey: 'r/104/benchmark/1', log: (line) => line === 'waiting' && stop.abort(stopped) }
  await expect(benchmarkOf('./hang.sh').run(server, context)).rejects.toBe(stopped)
})

test('its check tells whether the program is there', async () => {
  const check = async (...argv: string[]) => benchmarkOf(...argv).check?.({ signal: new AbortController().signal, log: () => {} })
  await expect(check('./say.sh')).resolves.toBeUndefined()
  await expect(check('./none.sh')).rejects.toThrow(`cannot run ./none.sh: ENOENT (looked for in ${directory})`)
})
