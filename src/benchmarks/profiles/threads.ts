import { z } from 'zod'

/** How many threads a profile runs. */
export const threads = z.int().min(1).max(4096).describe('default: one for each CPU of the server')

/** Sets `$threads`: busybox has `nproc` too, and what has none knows it by `getconf`. */
export function setThreads(count: number | undefined): string {
  return `threads=${count ?? '$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)'}`
}
