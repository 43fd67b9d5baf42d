import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import * as fc from 'fast-check'
import { declared } from '../../src/cli/declared.ts'
import { complete } from '../../src/cli/completion.ts'
import { builtInProvisioners } from '../../src/config/provisioner-types.ts'
import type { Place } from '../fixtures/cli.ts'
import { test } from '../fixtures/cli.ts'
import { checkout, main, start } from '../fixtures/shell.ts'

/** Candidates for what has been typed behind `rackbench `; the last word is the one that is being typed. */
function candidates(typed: string) {
  const { words, paths } = complete(typed.split(' '))
  return [...words.map(({ word }) => word), ...(paths === 'none' ? [] : [`:${paths}`])]
}

const commands = Object.keys(declared)

describe('what a word may become:', () => {
  test.for<[string, string, readonly string[]]>([
    ['a command', '', commands],
    ['a command that begins so', 're', ['resume', 'report']],
    ['an option of none', '--', ['--help', '--version']],
    ['an option that begins so', 'run --dest', ['--destroy']],
    ['options of one command only', 'destroy --', ['--all', '--if-unfinished', '--force', '--progress', '--help']],
    ['what is so by default, turned off', 'run --no', ['--no-mark-broken']],
    ['no option a second time', 'run --max-alike 3 --max-broken=2 --max-', ['--max-outage']],
    ['a value', 'run --destroy ', ['passing', 'always', 'never']],
    ['a value that begins so', 'run 101 --destroy al', ['always']],
    ['a value behind =', 'run --destroy=a', ['--destroy=always']],
    ['a value of a short option', 'run -p ', [...builtInProvisioners, ':files']],
    ['the path of a module', 'run --provisioner ./m', [':files']],
    ['a file', 'run --config ', [':files']],
    ['a file behind =', 'run --simulation=ra', [':files']],
    ['a number, which nobody knows', 'run --concurrency ', []],
    ['a value again, where the last was one that looks like an option', 'run --os --destroy --attach ', ['failed', 'all', 'none']],
    ['servers in a file', 'run @fle', [':files']],
    ['servers, which nobody knows', 'run 101 ', []],
    ['a run directory', 'resume ', [':directories']],
    ['nothing behind it', 'resume rackbench-out ', []],
    ['a run directory, whatever options are before it', 'destroy --all --progress none ', [':directories']],
    ['what config shows', 'config ', ['schema', 'show']],
    ['how it shows it', 'config show --format ', ['yaml', 'json']],
    ['how the doctor answers', 'doctor --format ', ['text', 'json']],
    ['how servers are listed', 'servers --format ', ['table', 'json', 'ndjson', 'ids']],
    ['how an inventory is printed', 'inventory --format ', ['table', 'json', 'ndjson', 'csv', 'ids']],
    ['a file of servers', 'inventory --limit 3 fle', [':files']],
    ['one file', 'inventory fleet.csv ', []],
    ['a condition again, which nobody knows', 'inventory --where ', []],
    ['servers to show', 'config show @', [':files']],
    ['how ports are told', 'ports --format ', ['text', 'json', 'ndjson']],
    ['a file for them', 'ports --junit ', [':files']],
    ['hosts in a file', 'ports @fl', [':files']],
    ['what thresholds does', 'thresholds ', ['explain', 'try']],
    ['rules to try', 'thresholds try ', [':files']],
    ['servers to explain, which nobody knows', 'thresholds explain 10', []],
    ['a past run', 'thresholds try new.yaml --on ', [':files']],
    ['how rules are printed', 'baseline --format ', ['yaml', 'json']],
    ['past runs', 'baseline a/results.json ', [':files']],
    ['what of the past', 'history im', ['import']],
    ['archived builds', 'history import a/results.json ', [':files']],
    ['a folder of past runs', 'history --history ', [':files']],
    ['nothing for the number of checks', 'ports --history ', []],
    ['a shell', 'completion z', ['zsh']],
    ['the state of a simulator', 'simulator --state ', [':files']],
    ['no option behind --', 'run -- --de', []],
    ['nothing for a command that there is not', 'rnu --', []],
    ['nor for the name of a member that every object has', 'constructor --', []],
  ])('%s', ([, typed, expected]) => {
    expect(candidates(typed)).toEqual(expected)
  })

  test('every option of every command, and nothing that does not begin as what is typed', () => {
    for (const [name, { options }] of Object.entries(declared)) {
      const known = Object.keys(options).map((option) => (option === 'mark-broken' ? '--no-mark-broken' : `--${option}`))
      expect(candidates(`${name} -`)).toEqual([...known, '--help'])
    }
    const word = fc.oneof(fc.string(), fc.constantFrom(...commands, '--', '-', '--destroy', '--os', '--destroy=', '-p', '@', '', '__proto__', '--__proto__='))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(complete(words).words.filter((candidate) => !candidate.word.startsWith(words.at(-1)!))).toEqual([])
      }),
    )
  })
})

test.concurrent('completing prints nothing else, touches nothing and never fails', async ({ place }) => {
  await place.write('rackbench.config.yaml', 'concurrency: none')
  const before = await place.files()
  const asked = [['run', '--dry-run=yes', '--att'], ['run', '--constructor', ''], ['--get-yargs-completions'], [], ['mark', 'a', 'b', '']]
  const ended = await Promise.all(asked.map((words) => place.run(['--get-yargs-completions', ...words])))
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(asked.map(() => ({ code: 0, stderr: '' })))
  expect(ended.map(({ stdout }) => stdout.split('\n').length - 1)).toEqual([1, 0, 0, commands.length, 0])
  expect(ended[0]!.stdout).toBe('--attach\twhose logs Jenkins attaches: failed, all or none\n')
  expect(await place.files()).toEqual(before)
})

test.concurrent('completing loads no package: what takes long is loaded by whoever needs it', async ({ place }) => {
  await place.write('refuse.mjs', 'import { register } from "node:module"; register("./hook.mjs", import.meta.url)')
  await place.write('hook.mjs', 'export const resolve = (name, context, next) => { if (!/^(node:|file:|\\.)/.test(name)) throw new Error(`loads ${name}`); return next(name, context) }')
  const env = { NODE_OPTIONS: `--import ${join(place.folder, 'refuse.mjs')}` }
  expect(await place.run(['--get-yargs-completions', 'run', '--destroy', 'a'], { env })).toEqual({ code: 0, signal: null, stdout: 'always\n', stderr: '' })
})

test.concurrent.for<[string, readonly string[], Readonly<Record<string, string>>, string]>([
  ['a shell that it does not know', ['tcsh'], {}, 'completion: expected bash | zsh | fish, got "tcsh"'],
  ['two shells', ['bash', 'zsh'], {}, 'completion takes one shell, not 2: "bash" "zsh"'],
  ['no shell', [], {}, 'completion: for which shell? One of bash, zsh, fish'],
  ['no shell, where $SHELL is another', [], { SHELL: '/bin/tcsh' }, 'completion: for which shell? One of bash, zsh, fish'],
])('no script for %s', async ([, words, env, told], { place }) => {
  expect(await place.run(['completion', ...words], { env })).toEqual({ code: 2, signal: null, stdout: '', stderr: `rackbench: ${told}\n` })
})

test.concurrent('without a name the script is that of $SHELL', async ({ place }) => {
  const [named, own] = await Promise.all([place.run(['completion', 'zsh']), place.run(['completion'], { env: { SHELL: '/usr/bin/zsh' } })])
  expect([named, own.stdout]).toEqual([{ code: 0, signal: null, stdout: expect.stringContaining('#compdef rackbench') as string, stderr: '' }, named.stdout])
})

/** Runs a script of a shell, with rackbench to be found and some files to complete. */
async function inShell(place: Place, shell: readonly [string, ...string[]], script: string): Promise<string[]> {
  const bin = join(place.folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'rackbench'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  await chmod(join(bin, 'rackbench'), 0o755)
  for (const name of ['my fleet.txt', 'more/results.json', 'rack.yaml']) await place.write(name, '')
  const env = { XDG_CONFIG_HOME: place.folder, XDG_DATA_HOME: place.folder, SCRIPTS: join(checkout, 'completion') }
  const { code, stdout, stderr } = await start([...shell, script], { cwd: place.folder, bin, env }).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').filter(Boolean)
}

const isInstalled = (shell: string): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('in bash', () => {
  // As readline does: words end at blanks and at = : @, each of which is a word by itself.
  const driver = `
source "$SCRIPTS/rackbench.bash"
try() {
  COMP_LINE=$1 COMP_POINT=\${#1}
  mapfile -t COMP_WORDS < <(grep -oE '[=:@]|[^ =:@]+' <<<"$1")
  [[ $1 == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
  $(complete -p rackbench | sed -E 's/.*-F ([^ ]+).*/\\1/') rackbench
  printf '%s\\n' "\${COMPREPLY[@]}" | LC_ALL=C sort | tr '\\n' '|'; echo
}
`
  test.concurrent('words, values and files are completed as they are typed', async ({ place }) => {
    const typed = ['rackbench re', 'rackbench run --destroy ', 'rackbench run --destroy=', 'rackbench run --destroy=al', 'A=1 rackbench mark mo', 'rackbench run @my', 'rackbench run @', 'rackbench run --config=rack', 'rackbench run -p sim', 'rackbench run --shard ']
    expect(await inShell(place, ['bash', '--norc', '-c'], `${driver}${typed.map((line) => `try '${line}'`).join('\n')}`)).toEqual([
      'report|resume|', 'always|never|passing|', 'always|never|passing|', 'always|', 'more|', String.raw`@my\ fleet.txt|`, String.raw`@bin/|@more/|@my\ fleet.txt|@rack.yaml|`, 'rack.yaml|', 'simulated|', '|',
    ])
  })

  test.concurrent('nothing that is typed is evaluated', async ({ place }) => {
    expect(await inShell(place, ['bash', '--norc', '-c'], `${driver}try 'rackbench run $(touch a)\`touch b\`;touch c @$(touch d)'\nls`)).toEqual(['|', 'bin', 'more', 'my fleet.txt', 'rack.yaml'])
  })
})

describe.skipIf(!isInstalled('zsh'))('in zsh', () => {
  // What only the line editor has is stood in for: what it is told is printed.
  const driver = `
compdef() { }
_describe() { print -r -- "$(print -rn -- \${(Pj:|:)2})" }
_files() { print -r -- "files$*" }
compset() { [[ $words[CURRENT] == \${~2}* ]] }
source "$SCRIPTS/rackbench.zsh"
try() { words=("\${(@s: :)1}"); CURRENT=$#words; _rackbench }
`
  test.concurrent('words, values and files are completed as they are typed', async ({ place }) => {
    const typed = ['rackbench rep', 'rackbench run --destroy ', 'rackbench run --destroy=al', 'rackbench run @my', 'rackbench mark ']
    expect(await inShell(place, ['zsh', '-fc'], `${driver}${typed.map((line) => `try '${line}'`).join('\n')}`)).toEqual(['report:Write all reports again from the journal', 'passing|always|never', '--destroy=always', 'files', 'files-/'])
  })
})

describe.skipIf(!isInstalled('fish'))('in fish', () => {
  test.concurrent('words, values and files are completed as they are typed', async ({ place }) => {
    const typed = ['rackbench rep', 'rackbench run --destroy al', 'rackbench run --destroy=al', 'rackbench run @my', 'rackbench run --config=rack', 'rackbench mark mo']
    expect(await inShell(place, ['fish', '-c'], `source $SCRIPTS/rackbench.fish\n${typed.map((line) => `complete -C '${line}'`).join('\n')}`)).toEqual([
      'report\tWrite all reports again from the journal', 'always', '--destroy=always', expect.stringMatching(/^@my.*fleet/) as string, expect.stringMatching(/^--config=rack\.yaml/) as string, expect.stringMatching(/^more\//) as string,
    ])
  })
})
