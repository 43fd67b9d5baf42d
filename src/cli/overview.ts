import { asksHelp } from './command-line.ts'
import { declared } from './declared.ts'

const commands = Object.entries(declared).map(([name, { takes, describe }]) => ({ call: `  rackbench ${name} ${takes}`.trimEnd(), describe }))
const width = Math.max(...commands.map(({ call }) => call.length))

const text = `Installs, benchmarks, checks and wipes racks of bare-metal servers.

Commands:
${commands.map(({ call, describe }) => `${call.padEnd(width)}  ${describe}`).join('\n')}

Options:
  -h, --help     this; behind a command, what it takes
      --version  the version

Exit codes: 0 all passed, 1 some failed, 2 usage, 3 not complete or not to be trusted, 129/130/143 stopped by a signal.
`

/** What `rackbench --help` says, if that is what is asked for: it is so little that no library is loaded for it. */
export function overviewFor(argv: readonly string[]): string | undefined {
  const isAsked = (argv.length === 1 && argv[0] === 'help') || (asksHelp(argv) && !argv.includes('--'))
  const command = argv.find((word) => !word.startsWith('-'))
  return isAsked && !(command !== undefined && Object.hasOwn(declared, command)) ? text : undefined
}
