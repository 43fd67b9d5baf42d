import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NamedPlot } from '../../../src/reporters/plots/plots.ts'
import { mostDistributions, runPlots, serverPlots } from '../../../src/reporters/plots/plots.ts'
import type { ReportInput } from '../../../src/reporters/report-input.ts'
import type { Plotted } from './plotted.ts'
import type { Node } from '../junit-parse.ts'
import { elementsOf, inputOf, pastOf, runOf } from './plotted.ts'

function allPlots(input: ReportInput): NamedPlot[] {
  const plotsOf = serverPlots(input)
  return [...runPlots(input), ...Array.from(input.results.servers, plotsOf).flat()]
}

const awkward = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e300, -1e300, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 80, 81))
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('</svg><script>', '"&\'', ']]>', '\u001b[2J', '__proto__', 'constructor', 'x'.repeat(500)))
const server = fc.record({
  metrics: fc.oneof(fc.dictionary(text, awkward, { maxKeys: 3 }), awkward.map((score) => ({ score }))),
  worker: text,
  model: text,
  from: fc.oneof(fc.integer({ min: -1000, max: 100_000 }), fc.constant(0)),
  took: fc.tuple(fc.nat(5000), fc.nat(5000), fc.double({ min: 0, max: 1e12, noNaN: true })),
  failedBy: fc.constantFrom('score', 'install', 'other'),
  isFailed: fc.boolean(),
})
const servers = fc.array(server, { minLength: 1, maxLength: 12 }).map((those) => those.map(({ isFailed, failedBy, ...rest }, index): Plotted => ({ id: `s${index}`, ...rest, ...(isFailed && { failedBy }) })))
const thresholds = fc.array(fc.record({ metric: fc.constantFrom('score', 'constructor'), min: awkward, max: awkward, unit: text, severity: fc.constantFrom('warn', 'fail') }, { requiredKeys: ['metric', 'min'] }), { maxLength: 2 })

const known = new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'line', 'path'])

/** What of an element a browser, or the policy of Jenkins, would not take. */
function refusedIn({ name, attributes }: Node): string[] {
  const isRefused = ([attribute, value]: [string, string]): boolean => /^style$|href|^on/.test(attribute) || /NaN|Infinity|undefined|null|\de[+-]\d/.test(value)
  return [...(known.has(name) ? [] : [name]), ...Object.entries(attributes).filter(isRefused).map(([attribute, value]) => `${attribute}=${value}`)]
}

test('whatever was measured, and whatever others say, a plot is well-formed, has no number that is none, and nothing that Jenkins refuses', () => {
  fc.assert(
    fc.property(servers, thresholds, (those, rules) => {
      const input = inputOf(runOf(those), rules, [pastOf(those, 2), pastOf(those.slice(1), 1)])
      for (const { name, title, plot } of allPlots(input)) {
        const told = { name: /^[a-z0-9-]+$/.test(name), isWellFormed: `${title}${plot.alt}`.isWellFormed(), isShort: plot.alt.length < 4000 }
        expect({ ...told, refused: elementsOf(plot.svg).flatMap(refusedIn) }).toEqual({ name: true, isWellFormed: true, isShort: true, refused: [] })
      }
    }),
    { numRuns: 150 },
  )
})

test('every failed server is named in words, or counted there', () => {
  const those = Array.from({ length: 40 }, (_, index): Plotted => ({ id: `s${index}`, metrics: { score: index }, ...(index % 2 === 0 && { failedBy: index % 4 === 0 ? 'score' : 'install' }) }))
  const alts = [...runPlots(inputOf(runOf(those)))].map(({ plot }) => plot.alt)
  const named = 's0, s4, s8, s12, s16, s20, s24, s28, s32, s36'
  expect(alts[0]).toMatch(/20 failed: s0, s2, s4, s6, s8, s10, s12, s14, s16, s18 and 10 more\.$/)
  expect(alts[1]).toMatch(new RegExp(`10 failed by this metric: ${named}; 10 failed without a value of it: s2, s6, s10, s14, s18, s22, s26, s30, s34, s38\\.$`))
})

test('the plots of a run have names of their own, and no more metrics are drawn than anybody looks at', () => {
  const metrics = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`m${index}`, index]))
  const names = [...runPlots(inputOf(runOf([{ id: '101', metrics }]), [], [pastOf([{ id: '101' }], 1)]))].map(({ name }) => name)
  expect(names).toEqual(['verdicts', 'timeline', ...Array.from({ length: mostDistributions }, (_, index) => `metric-${index + 1}`)])
})

/** So many servers on so many workers, some of them failed. */
function fleet(count: number, workers: number): Plotted[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `server-${index}`, worker: `worker-${(index % workers) + 1}`, model: `model-${index % 30}`, from: Math.floor(index / workers) * 300 + (index % 7), took: [60 + (index % 11), 120 + (index % 13), 30],
    metrics: { score: 80 + (index % 17) / 3, disk: index % 97 }, ...(index % 20 === 0 && { failedBy: index % 3 === 0 ? 'score' : 'install' }),
  }))
}

test.each([[1000, 15], [1000, 1000], [20_000, 15], [20_000, 1000]])('the plots of %d servers on %d workers are small, and of few elements', (count, workers) => {
  for (const { plot } of runPlots(inputOf(runOf(fleet(count, workers)), [{ metric: 'score', min: 50 }]))) {
    expect(plot.svg.length).toBeLessThan(2_000_000)
    expect(plot.svg.split('<').length / 2).toBeLessThan(2000)
  }
})

test('the history of a server is small, and of few elements', () => {
  const those = fleet(2, 1).map((one) => ({ ...one, metrics: { a: 1, b: 2, c: 3, d: 4, e: 5 } }))
  const input = inputOf(runOf(those), [], Array.from({ length: 40 }, (_, index) => pastOf(those, 40 - index)))
  const [history] = serverPlots(input)(input.results.servers.at(1)!)
  expect(history!.plot.svg.length).toBeLessThan(20_000)
  expect(history!.plot.svg.split('<').length / 2).toBeLessThan(150)
})
