import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Lab, Result } from './bench.ts'
import type { Entry } from './record.ts'

/** Runs a bench in a folder of its own, which is removed afterwards. A bench that fails is an entry that says so. */
export async function enter({ name, about, run }: Bench, lab: Omit<Lab, 'folder'>): Promise<Entry> {
  const folder = await mkdtemp(join(tmpdir(), `rackbench-bench-${name}-`))
  const failed = (error: unknown): readonly Result[] => [{ what: about, missing: error instanceof Error ? error.message : String(error) }]
  const results = await run({ ...lab, folder }).catch(failed)
  await rm(folder, { recursive: true, force: true })
  return { bench: name, machine: { cores: availableParallelism(), node: process.versions.node, date: new Date().toISOString() }, results }
}
