import { expect, test } from 'vitest'
import { commandOf, refusal } from '../../fixtures/one-command.ts'
import { recorded } from '../../fixtures/outputs.ts'

const all = { profile: 'disk', tests: ['randread', 'randwrite', 'read', 'write'] }

test('disk reads at random from a scratch file of 4 GiB', () => {
  const { requires, script, metrics } = commandOf('disk')
  expect({ requires, fio: script.split('\n').find((line) => line.startsWith('fio ')), metrics }).toEqual({
    requires: ['fio'],
    fio: 'fio --output-format=json --overwrite=1 --size=4g --thread --ioengine=libaio --direct=1 --iodepth=32 --time_based --runtime=30 --norandommap --filename="$scratch/data" --name=randread --stonewall --rw=randread --bs=4k &',
    metrics: {
      'disk.randread.iops': { unit: '1/s', better: 'higher' },
      'disk.randread.mib_per_second': { unit: 'MiB/s', better: 'higher' },
      'disk.randread.p99_ms': { unit: 'ms', better: 'lower' },
    },
  })
})

test('a device is opened for reading only, and a colon in its path separates no files', () => {
  const { script } = commandOf({ profile: 'disk', device: '/dev/disk/by-path/pci-0000:03:00.0-nvme-1', tests: ['read'], seconds: 5, depth: 8 })
  expect(script).toBe(String.raw`export LC_ALL=C
fio --output-format=json --readonly '--filename=/dev/disk/by-path/pci-0000\:03\:00.0-nvme-1' --thread --ioengine=libaio --direct=1 --iodepth=8 --time_based --runtime=5 --norandommap --name=read --stonewall --rw=read --bs=1m`)
})

test('a directory is a word of the script, whatever is in its name', () => {
  const { script } = commandOf({ profile: 'disk', directory: "/mnt/$(reboot) it's/" })
  expect(script).toContain(String.raw`scratch=$(mktemp -d '/mnt/$(reboot) it'\''s/rackbench-XXXXXXXX') || exit`)
})

test('it may be silent for as long as all of its tests take, and a quarter of an hour', () => {
  expect(commandOf({ ...all, seconds: 60 }).silenceMs).toBe((15 + 4) * 60_000)
})

test('what fio printed is read, test by test', async () => {
  expect(commandOf('disk').parse(await recorded('fio/randread'))).toEqual({
    'disk.randread.iops': 25_896.103896,
    'disk.randread.mib_per_second': 106_070_441 / 1024 ** 2,
    'disk.randread.p99_ms': 9.240576,
  })
  const read = commandOf({ ...all, name: 'nvme' }).parse(await recorded('fio/all-tests'))
  expect(Object.entries(read).map(([metric, value]) => `${metric} ${value.toFixed(3)}`)).toEqual([
    'nvme.randread.iops 18664.008', 'nvme.randread.mib_per_second 72.906', 'nvme.randread.p99_ms 10.682',
    'nvme.randwrite.iops 20671.984', 'nvme.randwrite.mib_per_second 80.750', 'nvme.randwrite.p99_ms 9.765',
    'nvme.read.iops 770.417', 'nvme.read.mib_per_second 770.417', 'nvme.read.p99_ms 191.889',
    'nvme.write.iops 1944.334', 'nvme.write.mib_per_second 1944.334', 'nvme.write.p99_ms 42.729',
  ])
})

test('a note before the JSON does not matter', async () => {
  const output = await recorded('fio/warning-before')
  expect(output.stdout.startsWith('note: ')).toBe(true)
  expect(commandOf('disk').parse(output)).toEqual({ 'disk.randread.iops': 9540.45954, 'disk.randread.mib_per_second': 39_077_722 / 1024 ** 2, 'disk.randread.p99_ms': 1.089536 })
})

test('fio 2 has latencies in microseconds, and bandwidths in KiB', () => {
  const job = { jobname: 'randread', error: 0, read: { iops: 1000.5, bw: 4002, clat: { percentile: { '99.000000': 1500 } } }, write: {} }
  const stdout = JSON.stringify({ 'fio version': 'fio-2.16', jobs: [job] })
  expect(commandOf('disk').parse({ exitCode: 0, stdout, stderr: '' })).toEqual({ 'disk.randread.iops': 1000.5, 'disk.randread.mib_per_second': 4002 / 1024, 'disk.randread.p99_ms': 1.5 })
})

test.each([
  ['fio/full-disk', 'fio: randread: No space left on device'],
  ['fio/no-permission', 'fio: randread: Permission denied'],
  ['fio/no-such-device', 'fio: randread: No such file or directory'],
  ['fio/no-such-directory', 'fio ended with 1: fio: failed to create dir (/proc/nonexistent): No such file or directory'],
  ['fio/write-on-a-device', 'fio ended with 1: fio: failed parsing rw=randwrite'],
  ['fio/wrong-option', "fio ended with 1: fio: unrecognized option '--nosuch=1'"],
  ['fio/ended', 'fio ended with 124: fio: terminating on signal 15'],
  ['mbw/copy', 'fio printed no JSON'],
])('%s is no measurement', async (name, message) => {
  const output = await recorded(name)
  expect(refusal(() => commandOf('disk').parse(output))).toBe(`MeasurementError: ${message}`)
})

test('a disk that cannot be read is the fault of the server', async () => {
  const output = await recorded('fio/disk-fails')
  expect(refusal(() => commandOf('disk').parse(output))).toBe('ServerOperationError: fio: input/output error in randread: fio: io_u error on file /var/tmp/scratch/data: Input/output error: read offset=2023424, buflen=4096')
})

test('JSON that is cut short, or tells nothing of a test, is no measurement', async () => {
  const { stdout } = await recorded('fio/randread')
  const parse = (text: string, written: unknown = 'disk') => refusal(() => commandOf(written).parse({ exitCode: 0, stdout: text, stderr: '' }))
  expect([parse(stdout.slice(0, -500)), parse(''), parse(stdout, all), parse(stdout.replace('25896.103896', '0')), parse(stdout.replace('25896.103896', '-1')), parse(stdout.replace('25896.103896', '1e999'))]).toEqual([
    'MeasurementError: fio printed no JSON',
    'MeasurementError: fio printed no JSON',
    'MeasurementError: fio printed nothing of randwrite',
    'MeasurementError: fio measured nothing in randread',
    'MeasurementError: fio printed randread in a form that is not known: iops',
    'MeasurementError: fio printed randread in a form that is not known: iops',
  ])
})
