import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { Configured } from '../../src/config/configure.ts'
import { configure } from '../../src/config/configure.ts'
import type { Invocation } from '../../src/config/gather.ts'
import { UsageError } from '../../src/model/problem.ts'

/** Calls `use` with a folder that holds these files, and removes it afterwards. */
export async function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rackbench-config-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

type Told = Partial<Invocation> & { readonly files?: Readonly<Record<string, string>> }

/** What `configure` makes of an invocation; its folder's path is written `<cwd>`. */
export async function configured({ files = {}, ...invocation }: Told): Promise<Configured> {
  return inFolder(files, async (cwd) => {
    const made = await configure({ servers: ['101'], flags: {}, env: {}, cwd, readStdin: async () => '', ...invocation })
    return JSON.parse(JSON.stringify(made).replaceAll(cwd, '<cwd>')) as Configured
  })
}

/** The problems that `configure` throws for an invocation. */
export async function problemsOf(told: Told): Promise<readonly string[]> {
  const error: unknown = await configured(told).then(() => undefined, (thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  return (error as UsageError).problems
}
