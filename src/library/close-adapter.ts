import type { Clock } from '../model/clock.ts'
import { said } from '../model/said.ts'

const longestClosingMs = 10_000

interface Closable {
  readonly name: string
  readonly close?: () => Promise<void>
}

/** Lets an adapter close what it holds open, but not for ever. `what` it is, stands in the problem that it does not. */
export async function closeAdapter(what: 'provisioner' | 'benchmark', adapter: Closable, clock: Clock, onProblem: (problem: string) => void): Promise<void> {
  if (!adapter.close) return
  let cancel = (): void => {}
  const tooLong = new Promise<void>((resolve) => {
    cancel = clock.after(longestClosingMs, () => {
      onProblem(`${what} ${adapter.name} did not close within ${longestClosingMs / 1000} s`)
      resolve()
    })
  })
  const closing = (async () => adapter.close?.())().catch((error: unknown) => {
    onProblem(`${what} ${adapter.name} could not be closed: ${said(error)}`)
  })
  await Promise.race([closing, tooLong])
  cancel()
}
