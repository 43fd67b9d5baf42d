import { z } from 'zod'
import { commonOf, profileOptions, seconds } from '../common-options.ts'
import type { MeasuredCommand } from '../measured-command.ts'
import { gather, linesOf, refuseFailure } from '../tool-output.ts'
import { setThreads, threads } from './threads.ts'

const tests = ['read', 'write', 'copy'] as const

/** `memory`: how much all CPUs together read and write (sysbench), and how much one of them copies (mbw). */
export const memorySchema = z.strictObject({
  profile: z.literal('memory'),
  ...profileOptions,
  tests: z.array(z.enum(tests)).min(1).describe('read and write need sysbench, copy needs mbw').meta({ default: ['read', 'write'] }).exactOptional(),
  seconds: seconds.describe('how long read and write measure, each').meta({ default: 15 }).exactOptional(),
  threads: threads.exactOptional(),
})

/** Larger than what a core has of any cache; each thread has a block of its own. */
const blockSize = '16M'
/** More than is moved in a day, so that the time ends it. */
const totalSize = '1024T'
/** `mbw` copies an array of so many MiB into another. */
const copies = { count: 20, mib: 256 }

export function memoryCommand(options: z.output<typeof memorySchema>): MeasuredCommand {
  const wanted = [...new Set(options.tests ?? (['read', 'write'] as const))]
  const time = options.seconds ?? 15
  const common = commonOf(options, { name: 'memory', repeatable: true, seconds: time })
  const metric = (test: string): string => `${common.name}.${test}.mib_per_second`
  const sysbench = (test: string): string =>
    `sysbench memory --threads="$threads" --time=${time} --memory-oper=${test} --memory-scope=local --memory-block-size=${blockSize} --memory-total-size=${totalSize} run || exit`
  const mbw = `mbw -q -t0 -n ${copies.count} ${copies.mib} || exit`
  return {
    ...common,
    requires: [...new Set(wanted.map((test) => (test === 'copy' ? 'mbw' : 'sysbench')))],
    script: ['export LC_ALL=C', setThreads(options.threads), ...wanted.map((test) => (test === 'copy' ? mbw : sysbench(test)))].join('\n'),
    metrics: Object.fromEntries(wanted.map((test) => [metric(test), { unit: 'MiB/s', better: 'higher' as const }])),
    parse(output) {
      const tools = wanted.every((test) => test === 'copy') ? 'mbw' : 'sysbench'
      refuseFailure(tools, output)
      const found = gather(tools)
      let test = ''
      for (const line of linesOf(output)) {
        test = /^ *operation: (read|write)$/.exec(line)?.[1] ?? test
        const [, moved] = /^[\d.]+ MiB transferred \((\S+) MiB\/sec\)$/.exec(line) ?? []
        if (moved !== undefined) found.add(metric(test), moved)
        const [, copied] = /^AVG\t.*\tCopy: (\S+) MiB\/s$/.exec(line) ?? []
        if (copied !== undefined) found.add(metric('copy'), copied)
      }
      return found.metrics(wanted.map(metric))
    },
  }
}
