import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { CacheOptions } from '../../history/cache.ts'
import { systemClock } from '../../model/clock.ts'

/** Where what is worked out of histories is kept between calls: it may be thrown away at any time. */
export function cachePlace(say: (line: string) => void, { XDG_CACHE_HOME: told = '', RACKBENCH_LOG_LEVEL: level = '' }: NodeJS.ProcessEnv = process.env): CacheOptions {
  return {
    folder: join(isAbsolute(told) ? told : join(homedir(), '.cache'), 'rackbench'),
    clock: systemClock,
    onDebug: (line) => (level === 'debug' ? say(line) : undefined),
    onSlow: (files) => say(`${files.toLocaleString('en')} runs are read for the first time, which takes some seconds; the next time it does not`),
  }
}
