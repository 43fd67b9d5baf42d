import { describe, expect, test } from 'vitest'
import { measure } from '../../src/benchmarks/measure.ts'
import type { MeasuredCommand } from '../../src/benchmarks/measured-command.ts'
import type { Remote, RemoteOutput } from '../../src/benchmarks/remote.ts'
import { MeasurementError } from '../../src/model/fault.ts'
import { failureOf, trial } from '../fixtures/ssh-trial.ts'

const passed: RemoteOutput = { exitCode: 0, stdout: '', stderr: '' }

/** A server whose commands give one output after the other. */
function remoteThat(...outputs: readonly Partial<RemoteOutput>[]): Remote & { readonly scripts: string[] } {
  const left = [...outputs]
  const scripts: string[] = []
  return {
    scripts,
    async run({ script }) {
      scripts.push(script)
      return { ...passed, ...left.shift() }
    },
  }
}

function commandOf(parts: Partial<MeasuredCommand> = {}): MeasuredCommand {
  const parse = ({ exitCode, stdout }: RemoteOutput) => {
    if (exitCode !== 0) throw new MeasurementError(`own ended with ${exitCode}`)
    return { 'own.speed': Number(stdout) }
  }
  return { name: 'own', script: 'own', repeatable: false, silenceMs: 1000, requires: [], repeat: 1, metrics: {}, parse, ...parts }
}

describe('what is measured', () => {
  test('is the median of the runs, and runs that lie too far apart are told', async () => {
    const { context, said } = trial()
    const remote = remoteThat({ stdout: '10' }, { stdout: '30' }, { stdout: '20' })
    expect(await measure([commandOf({ repeat: 3, maxSpread: 0.5 })], remote, context)).toEqual({ 'own.speed': 20, 'own.speed.spread_percent': 100 })
    expect(said).toEqual(['own begins, 1 of 3', 'own begins, 2 of 3', 'own begins, 3 of 3', 'own: own.speed: 3 runs lie 100 % apart, more than 50 %: 10, 30, 20'])
  })

  test('is that of all commands together, each of which has metrics of its own', async () => {
    const other = commandOf({ name: 'other', parse: () => ({ 'other.speed': 5 }) })
    expect(await measure([commandOf(), other], remoteThat({ stdout: '1' }), trial().context)).toEqual({ 'own.speed': 1, 'other.speed': 5 })
    expect(await failureOf(measure([commandOf(), commandOf({ name: 'twin' })], remoteThat(), trial().context))).toBe('MeasurementError: twin gives the metric own.speed, which another command has given')
  })
})

describe('a program that is needed', () => {
  test('and is not there is told before anything is run', async () => {
    const remote = remoteThat({ stdout: 'not there: fio\nnot there: mbw\n' })
    const commands = [commandOf({ requires: ['fio', 'sh'] }), commandOf({ name: 'other', requires: ['mbw', "odd's"] })]
    expect(await failureOf(measure(commands, remote, trial().context))).toBe('MeasurementError: not installed on the server: fio, mbw')
    expect(remote.scripts).toEqual([expect.stringContaining(String.raw`for name in fio sh mbw 'odd'\''s'; do`)])
  })
})

describe('a command that fails', () => {
  test.each<[Partial<RemoteOutput>, string]>([
    [{ exitCode: 127, stderr: 'sh: 1: fio: not found\n' }, 'MeasurementError: a program is not there, or cannot be run: own: exit code 127: sh: 1: fio: not found'],
    [{ exitCode: 126, stdout: 'denied\n\n' }, 'MeasurementError: a program is not there, or cannot be run: own: exit code 126: denied'],
    [{ exitCode: 1, stderr: 'fio: write: No space left on device\nbye\n' }, "MeasurementError: no room on the server's disk: fio: write: No space left on device (own: exit code 1)"],
    [{ exitCode: 137 }, 'MeasurementError: ended on the server by SIGKILL, perhaps for want of memory: own: exit code 137'],
    [{ exitCode: 139, stderr: 'Segmentation fault\n' }, 'ServerOperationError: crashed by SIGSEGV: own: exit code 139: Segmentation fault'],
    [{ exitCode: 1, stderr: 'dd: error reading /dev/sda: Input/output error\n' }, 'ServerOperationError: dd: error reading /dev/sda: Input/output error (own: exit code 1)'],
    [{ exitCode: 2, stderr: 'iperf3: the server is busy\n' }, 'MeasurementError: own ended with 2'],
  ])('with %j is told by whose fault it was', async (output, failure) => {
    expect(await failureOf(measure([commandOf()], remoteThat(output), trial().context))).toBe(failure)
  })

  test('and says much is told in few words, without hanging', async () => {
    const failure = await failureOf(measure([commandOf()], remoteThat({ exitCode: 127, stderr: 'x'.repeat(1_000_000) }), trial().context))
    expect(failure.length).toBeLessThan(600)
  })

  test('passes where its words of trouble are no more than words', async () => {
    expect(await measure([commandOf({ parse: () => ({ x: 1 }) })], remoteThat({ stderr: 'Input/output error' }), trial().context)).toEqual({ x: 1 })
  })
})
