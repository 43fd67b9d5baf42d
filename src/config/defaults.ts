/** What a setting is where nobody says it, as a file would have it. It imports nothing: `--help` shows it, too. */
export const defaults = {
  provisioner: 'simulated',
  os: 'debian-12',
  threshold: 50,
  unmatched: 'fail',
  retest: 0,
  order: 'given',
  concurrency: 15,
  destroy: 'passing',
  'mark-broken': true,
  'max-alike': 5,
  retries: 2,
  'max-outage': '5m',
  'timeout-install': '60m',
  'timeout-benchmark': '4h',
  'timeout-destroy': '2h',
  'timeout-mark': '2m',
  'timeout-gate': '3s',
  grace: '10s',
  suite: 'rackbench',
  attach: 'failed',
  out: 'rackbench-out',
  'log-level': 'info',
  'log-format': 'text',
  progress: 'auto',
} as const

/** The same in words, where it is no single value. */
export const defaultsInWords = {
  'max-broken': '10%, at least 5, at most 50',
  'wipe-reserve': 'a fifth, at most 30m',
  config: 'rackbench.config.{yaml,yml,json}',
} as const
