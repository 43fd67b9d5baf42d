import type { Arguments } from './command-line.ts'

/** `rackbench history`, `rackbench history ID` and `rackbench history import` */
export async function history({ words: [first, ...words], ...args }: Arguments): Promise<number> {
  if (first === 'import') return (await import('./history/import.ts')).importRuns({ ...args, words })
  return (await import('./history/tell.ts')).tell({ ...args, words: first === undefined ? [] : [first, ...words] })
}
