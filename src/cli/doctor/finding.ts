import type { Cleaner } from '../../run/clean.ts'

/** What one check has found; where not all is well, with what to do about it. */
export type Finding =
  | { readonly status: 'ok'; readonly what: string; readonly finding: string }
  | { readonly status: 'warn' | 'fail'; readonly what: string; readonly finding: string; readonly todo: string }

/** Findings about one thing. */
export interface About {
  readonly ok: (finding: string) => Finding
  /** A run may go wrong, or not as meant. */
  readonly warn: (finding: string, todo: string) => Finding
  /** A run cannot be carried out. */
  readonly fail: (finding: string, todo: string) => Finding
}

export function about(what: string): About {
  return {
    ok: (finding) => ({ status: 'ok', what, finding }),
    warn: (finding, todo) => ({ status: 'warn', what, finding, todo }),
    fail: (finding, todo) => ({ status: 'fail', what, finding, todo }),
  }
}

/** A finding as it may be written: without secrets, and each text of it in one line. */
export function cleaned(found: Finding, { line }: Cleaner): Finding {
  const finding = line(found.finding)
  return found.status === 'ok' ? { ...found, finding } : { ...found, finding, todo: line(found.todo) }
}

/** `warn  clock: ...`, and beneath it what to do. */
export function linesOf(found: Finding): string[] {
  const { status, what, finding } = found
  return [`${status.padEnd(4)}  ${what}: ${finding}`, ...(found.status === 'ok' ? [] : [`      ${found.todo}`])]
}
