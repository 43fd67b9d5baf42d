import { describe, expect, test } from 'vitest'
import { checkDescriptors, softLimitIn } from '../../../src/cli/doctor/descriptors.ts'

const limitsOf = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units     
Max processes             96365                96365                processes 
Max open files            ${soft.padEnd(20)} 524288               files     
`
const told = (limits: string | undefined, provisioner: string | undefined, concurrency: number): string => {
  const { status, finding } = checkDescriptors({ limits, provisioner, concurrency })
  return `${status} ${finding}`
}

describe('descriptors', () => {
  test.each<[string, string | undefined, number, string]>([
    ['1024', 'simulated', 15, 'ok 1024 may be open; 15 servers at a time need about 143'],
    ['1024', 'http', 200, 'ok 1024 may be open; 200 servers at a time need about 392'],
    ['1024', 'command', 15, 'ok 1024 may be open; 15 servers at a time need about 188'],
    ['188', 'command', 15, 'ok 188 may be open; 15 servers at a time need about 188'],
    ['187', 'command', 15, 'warn 187 may be open; 15 servers at a time need about 188'],
    ['1024', '/srv/mine.mjs', 200, 'warn 1024 may be open; 200 servers at a time need about 1728'],
    ['256', undefined, 15, 'ok 256 may be open; 15 servers at a time need about 248'],
    ['unlimited', 'command', 1000, 'ok any number may be open; 1000 servers at a time need about 4128'],
  ])('of %s, by %s, %d servers at a time', (soft, provisioner, concurrency, finding) => {
    expect(told(limitsOf(soft), provisioner, concurrency)).toBe(finding)
  })

  test('are as many as a benchmark takes that calls a program, where that is more', () => {
    const needed = (provisioner: string): string => checkDescriptors({ limits: limitsOf('1024'), provisioner, benchmark: 'command', concurrency: 15 }).finding
    expect([needed('simulated'), needed('command'), needed('./mine.mjs')]).toEqual([188, 188, 248].map((count) => `1024 may be open; 15 servers at a time need about ${count}`))
  })

  test('that nobody counts are warned of', () => {
    expect([told(undefined, 'http', 15), told('nonsense', 'http', 15)]).toEqual(Array(2).fill('warn how many may be open is not known on this system'))
  })

  test('are counted by the soft limit of this process', () => {
    expect(softLimitIn(limitsOf('77'))).toBe(77)
  })
})
