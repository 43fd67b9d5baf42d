/** What somebody else threw or gave as a reason, in words. Never throws: anything may be thrown, and its own reading may throw. */
export function said(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
