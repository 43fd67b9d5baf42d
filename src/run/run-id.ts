import { randomBytes } from 'node:crypto'

/** A name for a run that sorts by time and is never given twice: `20261121T100000Z-3f9a0c`. It is part of every idempotency key. */
export function newRunId(now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${time}-${randomBytes(4).toString('hex')}`
}
