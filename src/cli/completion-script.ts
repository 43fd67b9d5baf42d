import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Arguments } from './command-line.ts'

const shells = ['bash', 'zsh', 'fish']

/** `rackbench completion`: prints the script of a shell, which the package has beside its code. */
export async function completion({ words }: Arguments): Promise<number> {
  if (words.length > 1) throw new UsageError([`completion takes one shell, not ${words.length}: ${words.map((word) => JSON.stringify(word)).join(' ')}`])
  const shell = words[0] ?? basename(process.env['SHELL'] ?? '')
  if (!shells.includes(shell)) {
    const which = words.length === 0 ? `for which shell? One of ${shells.join(', ')}` : `expected ${shells.join(' | ')}, got ${JSON.stringify(shell.slice(0, 80))}`
    throw new UsageError([`completion: ${which}`])
  }
  guardStream(process.stdout).write(await readFile(new URL(`../../completion/rackbench.${shell}`, import.meta.url), 'utf8'))
  return exitCodes.passed
}
