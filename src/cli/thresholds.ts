export async function thresholds(): Promise<number> { return 0 }
