import { z } from 'zod'
import type { MetricKinds } from '../../model/metric-kind.ts'
import { shellQuote } from '../../model/shell-quote.ts'
import { commonOf, profileOptions, seconds } from '../common-options.ts'
import type { MeasuredCommand } from '../measured-command.ts'
import { readFio } from './fio.ts'

/** What fio is told for each test, and whether it writes. */
const tests = {
  randread: { rw: 'randread', bs: '4k', writes: false },
  randwrite: { rw: 'randwrite', bs: '4k', writes: true },
  read: { rw: 'read', bs: '1m', writes: false },
  write: { rw: 'write', bs: '1m', writes: true },
} as const
const names = Object.keys(tests) as readonly (keyof typeof tests)[]

const absolute = z.string().regex(/^\/[^\0:]*$/, 'expected an absolute path without a colon')
const device = z.string().regex(/^\/dev\/(?!.*\.\.)[A-Za-z0-9/_.:+-]+$/, 'expected the path of a device, such as /dev/nvme0n1')

/** `disk`: how fast a scratch file, or a whole device that is only read, is read and written past the page cache. */
export const diskSchema = z.strictObject({
  profile: z.literal('disk'),
  ...profileOptions,
  tests: z.array(z.enum(names)).min(1).describe('randread and randwrite by 4 KiB, read and write by 1 MiB in sequence').meta({ default: ['randread'] }).exactOptional(),
  seconds: seconds.describe('how long each test measures').meta({ default: 30 }).exactOptional(),
  depth: z.int().min(1).max(1024).describe('how many requests are under way at a time').meta({ default: 32 }).exactOptional(),
  device: device.describe('read instead of a scratch file; never written').exactOptional(),
  directory: absolute.describe('where the scratch file lies, on the disk that is measured').meta({ default: '/var/tmp' }).exactOptional(),
  size: z.string().regex(/^[1-9]\d{0,5}[mg]$/i, 'expected a size such as 512m or 4g').describe('of the scratch file').meta({ default: '4g' }).exactOptional(),
}).superRefine((options, context) => {
  if (options.device === undefined) return
  for (const key of ['directory', 'size'] as const) {
    if (options[key] !== undefined) context.addIssue({ code: 'custom', path: [key], message: 'is of a scratch file, and there is a device: keep one of them' })
  }
  for (const [index, test] of (options.tests ?? []).entries()) {
    if (tests[test].writes) context.addIssue({ code: 'custom', path: ['tests', index], message: 'writes, and a device is only read: leave the device out' })
  }
})

export function diskCommand(options: z.output<typeof diskSchema>): MeasuredCommand {
  const wanted = [...new Set(options.tests ?? (['randread'] as const))]
  const time = options.seconds ?? 30
  const common = commonOf(options, { name: 'disk', repeatable: true, seconds: time * wanted.length })
  // Threads end with fio, however that ends; its processes are of sessions of their own.
  const each = ['--thread', '--ioengine=libaio', '--direct=1', `--iodepth=${options.depth ?? 32}`, '--time_based', `--runtime=${time}`, '--norandommap']
  const jobs = wanted.flatMap((test) => [`--name=${test}`, '--stonewall', `--rw=${tests[test].rw}`, `--bs=${tests[test].bs}`])
  const { device: read, directory = '/var/tmp', size = '4g' } = options
  const fio = (file: readonly string[]): string => `fio ${shellQuote(['--output-format=json', ...file, ...each])}`
  const script = read === undefined ? inScratchFile(directory, `${fio(['--overwrite=1', `--size=${size.toLowerCase()}`])} --filename="$scratch/data" ${shellQuote(jobs)}`) : `${fio(['--readonly', `--filename=${read.replaceAll(':', String.raw`\:`)}`])} ${shellQuote(jobs)}`
  return {
    ...common,
    requires: ['fio'],
    script: `export LC_ALL=C\n${script}`,
    metrics: Object.assign({}, ...wanted.map((test) => kindsOf(`${common.name}.${test}`))) as MetricKinds,
    parse: (output) => readFio(output, common.name, wanted),
  }
}

function kindsOf(prefix: string): MetricKinds {
  return {
    [`${prefix}.iops`]: { unit: '1/s', better: 'higher' },
    [`${prefix}.mib_per_second`]: { unit: 'MiB/s', better: 'higher' },
    [`${prefix}.p99_ms`]: { unit: 'ms', better: 'lower' },
  }
}

/** However fio ends, and if the shell is ended in its stead, the file is removed: a shell hears signals only while it waits. */
function inScratchFile(directory: string, fio: string): string {
  return `umask 077
scratch=$(mktemp -d ${shellQuote([`${directory.replace(/\/+$/, '')}/rackbench-XXXXXXXX`])}) || exit
pid=
trap '[ -z "$pid" ] || { kill "$pid"; wait "$pid"; }; rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
${fio} &
pid=$!
wait "$pid"
code=$?
pid=
exit "$code"`
}
