import { resolve } from 'node:path'
import type { Endpoint } from '../model/endpoint.ts'
import { endpointName } from '../model/endpoint.ts'
import type { HostPort } from './host-port.ts'
import { portIn, readHostPort } from './host-port.ts'
import { expandWord } from './range.ts'
import { limits, readText } from './read-text.ts'
import { listed, readInput } from './selection.ts'
import type { Tell } from './wording.ts'
import { counted, quote } from './wording.ts'

/** How many endpoints can be watched at once. */
const mostEndpoints = 100_000
const mostFaults = 20
const mostPorts = 65_535

/** Where hosts are written down. */
interface HostSources {
  readonly args: readonly string[]
  /** What `@file` is relative to. */
  readonly folder: string
  /** What `-` stands for. */
  readonly readStdin: () => Promise<string>
}

/** Reads hosts, ranges of them (`node-[01-20]`, `10.0.0.[1-254]:22`), `@file` and `-`, several in one argument if need be. */
export async function readHosts({ args, folder, readStdin }: HostSources, tell: Tell): Promise<readonly HostPort[]> {
  const hosts: HostPort[] = []
  const fault = boundedTell(tell)
  let input: Promise<string | undefined> | undefined
  const isFull = (): boolean => hosts.length > mostEndpoints
  const add = (word: string, at: string): void => {
    const read = readHostPort(word)
    if (typeof read === 'string') fault.tell(`${at}${read}`)
    else hosts.push(read)
  }
  const addList = (text: string | undefined, at: string): void => {
    if (text === undefined) return
    let found = 0
    for (const { id, line } of listed(text)) {
      if (isFull()) return
      found++
      add(id, `${at} line ${line}: `)
    }
    if (found === 0) tell(`${at}: holds no hosts`)
  }
  for (const arg of args) {
    const words = arg.trim().split(/[\s,]+/).filter(Boolean)
    if (words.length === 0) tell('an empty host argument: is the Jenkins parameter set?')
    for (const word of words) {
      if (word === '-') addList(await (input ??= readInput(readStdin, tell)), '-')
      else if (word.startsWith('@') && word.length > 1) addList(await readText(resolve(folder, word.slice(1)), { limit: limits.servers, label: word }, tell), word)
      else expandHosts(word, (host) => add(host, ''), fault.tell)
      if (isFull()) break
    }
  }
  if (isFull()) tell(`more than ${mostEndpoints} hosts`)
  fault.end()
  return hosts
}

/** An address in brackets is none of the ranges, and 101-115 no range of hosts. */
function expandHosts(word: string, add: (host: string) => void, tell: Tell): void {
  if (!/\[\d/.test(word) || /^\[[^\]]*:/.test(word)) {
    add(word)
    return
  }
  const expanded = expandWord(word)
  if ('fault' in expanded) tell(expanded.fault)
  else if (expanded.count > BigInt(mostEndpoints)) tell(`${quote(word)} holds more than ${mostEndpoints} hosts`)
  else for (const host of expanded.ids()) add(host)
}

/** The first faults only, and how many more there are. */
function boundedTell(tell: Tell): { readonly tell: Tell; readonly end: () => void } {
  let faults = 0
  return {
    tell(problem) {
      if (++faults <= mostFaults) tell(problem)
    },
    end() {
      if (faults > mostFaults) tell(`and ${faults - mostFaults} more`)
    },
  }
}

/** Reads `--port`: ports, and ranges such as `8000-8010`, several in one argument if need be; each once. */
export function readPorts(texts: readonly string[], tell: Tell): readonly number[] {
  const ports = new Set<number>()
  for (const word of texts.flatMap((text) => (text.trim() === '' ? [''] : text.trim().split(/[\s,]+/)))) {
    const expanded = expandWord(word)
    const all = 'fault' in expanded || expanded.count > BigInt(mostPorts) ? [] : [...expanded.ids()].map(portIn)
    if (all.length === 0 || all.includes(undefined)) tell(`--port: expected a port from 1 to 65535, got ${quote(word)}`)
    else for (const port of all) ports.add(port!)
  }
  return [...ports]
}

/** Every endpoint of hosts that have a port of their own, and of each other host one at every port; each once, in the order given. */
export function endpointsOf(hosts: readonly HostPort[], ports: readonly number[], tell: Tell): readonly Endpoint[] {
  const endpoints = new Map<string, Endpoint>()
  const portless = ports.length > 0 ? [] : hosts.filter(({ port }) => port === undefined)
  if (portless.length > 0) {
    const [{ host }] = portless as [HostPort]
    tell(`${portless.length === 1 ? host : `${counted(portless.length, 'host')} (${host}, ...)`}: which port? --port 22, say, or ${endpointName({ host, port: 22 })}`)
  }
  for (const { host, port } of hosts) {
    for (const each of port === undefined ? ports : [port]) {
      const endpoint = { host, port: each }
      endpoints.set(endpointName(endpoint), endpoint)
    }
    if (endpoints.size > mostEndpoints) {
      tell(`more than ${mostEndpoints} endpoints: ${counted(hosts.length, 'host')} at ${counted(ports.length, 'port')} each`)
      return []
    }
  }
  return [...endpoints.values()]
}
