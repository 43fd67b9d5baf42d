import { hash, randomBytes } from 'node:crypto'
import type { Server } from '../model/server.ts'
import type { Sample } from './kind.ts'

/** A text that nobody has used before. */
export function newSeed(): string {
  return randomBytes(4).toString('hex')
}

/**
 * Takes so many servers by chance, in their order: those whose SHA-256 of seed and ID is least. The same seed takes the same
 * servers wherever the same are given; of others, mostly the same.
 */
export function takeSample(servers: readonly Server[], sample: Sample, seed: string): readonly Server[] {
  const count = 'count' in sample ? sample.count : shareOf(servers.length, sample.percent)
  if (count >= servers.length) return servers
  const ranked = servers.map((server, index) => ({ index, rank: hash('sha256', `${seed}\0${server.id}`) })).sort((a, b) => (a.rank < b.rank ? -1 : 1))
  const taken = new Set(ranked.slice(0, count).map(({ index }) => index))
  return servers.filter((_, index) => taken.has(index))
}

/** Rounded up, so that some are taken of a few. What a product of decimals is too much is not rounded up. */
function shareOf(count: number, percent: number): number {
  return Math.ceil(Number(((count * percent) / 100).toFixed(6)))
}
