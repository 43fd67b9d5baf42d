/** What Jenkins, and everybody else, is told by the exit code. */
export const exitCodes = { passed: 0, failed: 1, usage: 2, incomplete: 3 } as const
