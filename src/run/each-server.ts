import pMap from 'p-map'
import type { Server } from '../model/server.ts'

/** Carries something out for each server, so many at a time, in order. What one of them throws ends it: whoever has more to do says so in `work`. */
export async function eachServer(servers: readonly Server[], work: (server: Server) => Promise<void>, { concurrency }: { readonly concurrency: number }): Promise<void> {
  await pMap(servers, work, { concurrency })
}
