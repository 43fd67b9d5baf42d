import { inventoryOptions } from './inventory.ts'
import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'

const { answer } = groups
const endpoints = 'Endpoints:'
const looking = 'Check:'
const rounds = 'Rounds:'

/** The options of `rackbench ports`. */
export const portsOptions: OptionsByName = {
  port: text(endpoints, 'port of hosts that are given without one; may be given several times, and as a range: 8000-8010'),
  'from-inventory': flag(endpoints, 'also the addresses of the configured inventory'),
  where: text(endpoints, 'only servers of the inventory that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  ...Object.fromEntries(['max-age', 'stale-ok', 'allow-partial'].map((name) => [name, { ...inventoryOptions[name], group: endpoints }])),
  config: text(endpoints, 'configuration file'),

  timeout: text(looking, 'how long a check may take in all', { defaultDescription: '3s' }),
  tls: flag(looking, 'make a TLS handshake, and tell the days until the certificate expires'),
  'tls-verify': flag(looking, 'with --tls: a certificate that is not trusted, expired or of another name is a failure'),
  'tls-ca': text(looking, 'with --tls: PEM file of the authorities to trust; verifies'),
  'tls-warn': text(looking, 'with --tls: tell certificates that expire within this time', { defaultDescription: '14d' }),
  expect: text(looking, "what it must say unasked, as a regular expression: '^SSH-'"),
  concurrency: text(looking, 'checks at a time', { alias: 'c', defaultDescription: '1024' }),

  every: text(rounds, 'from the beginning of a round to that of the next', { defaultDescription: '15s' }),
  count: text(rounds, 'how many rounds', { defaultDescription: '1; with --every: until a signal' }),
  history: text(rounds, 'how many checks of each endpoint are kept: it is down when so many have failed in a row', { defaultDescription: '5' }),
  state: text(rounds, 'file that keeps them between two calls'),

  format: text(answer, 'text: a live table at a terminal, else a line for each change; json: one document at the end; ndjson: one JSON object a line', { defaultDescription: 'text' }),
  junit: text(answer, 'JUnit file with a test for each endpoint, written after each round'),
}
