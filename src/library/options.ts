import type { RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { Benchmark, LogLevel } from '../model/provisioner.ts'
import type { Threshold } from '../model/threshold.ts'

/** A length of time: milliseconds, or a text like `90s`, `45m`, `2h`, `1d`. */
export type Duration = number | string

/** A server as a program names it. */
export interface NamedServer {
  readonly id: string
  /** Host name or IP address, where it is known before the install. */
  readonly address?: string
  /** Free words about the machine: `model`, `rack`, ... */
  readonly labels?: Readonly<Record<string, string>>
}

/** What `benchmarkServers` may be told. The settings mean what the flags and keys of the same names mean. */
export interface BenchmarkOptions {
  /** What to install; `debian-12`. */
  readonly os?: string
  /** The least `score` that passes; 50. */
  readonly threshold?: number
  /** Several rules, in place of `threshold`. Of those about a metric the most specific that matches a server's labels holds. */
  readonly thresholds?: readonly Readonly<Threshold>[]
  /** What becomes of a server that no rule is about; `fail`: nobody knows how good it is. */
  readonly unmatched?: NonNullable<Plan['unmatched']>
  /** How often a server that misses a threshold is measured once more, on the same install; 0. It fails only if it misses again. */
  readonly retest?: number
  /** Measures the installed servers, in place of the provisioner's own `benchmark`. Its `check` is asked first, its `close` called last. */
  readonly benchmark?: Benchmark
  /** Ports that must answer before the install of a server begins; other servers are skipped, and so is one without an `address`. */
  readonly gateOpen?: number | readonly number[]
  /** Ports that must be refused: those at which a server in production would answer. */
  readonly gateClosed?: number | readonly number[]
  /** Servers at a time; 15. */
  readonly concurrency?: number
  /** Which servers are wiped; `passing` keeps failed ones for diagnosis. */
  readonly destroy?: Plan['destroy']
  /** Whether servers that failed by their own fault are marked as broken; true. */
  readonly markBroken?: boolean
  /** How many servers one run may mark: 5, or `10%`. By default 10 %, at least 5, at most 50. */
  readonly maxBroken?: number | `${number}%`
  /** Failures in a row at the same step that look like one cause; 5, and 0 is off. */
  readonly maxAlike?: number
  /** New tries after a retryable error of the server; 2. */
  readonly retries?: number
  /** How long the provisioner may be away without interruption; `5m`. */
  readonly maxOutage?: Duration
  /** Limit of a step, all its tries together: 60m, 4h, 2h, 2m; of one look at a port of the gate: 3s. */
  readonly timeouts?: { readonly install?: Duration; readonly benchmark?: Duration; readonly destroy?: Duration; readonly mark?: Duration; readonly gate?: Duration }
  /** How long a step may take to settle once it is aborted, before it is left behind; `10s`. */
  readonly grace?: Duration
  /** When the run should be over, wiping included; counted from its start. */
  readonly deadline?: Duration
  /** How much of the deadline is kept for wiping; a fifth of it, at most `30m`. */
  readonly wipeReserve?: Duration
  /** Stops the run when it aborts: what had begun is wiped, unless `destroy` is `never`, and the run ends as `stopped`. */
  readonly signal?: AbortSignal
  /** Hears of each event once it has happened. What it throws is a problem of the run, which goes on. */
  readonly onEvent?: (event: RunEvent) => void
  /** Hears each line of the log, without its time. What it throws is a problem of the run, which goes on. */
  readonly onLine?: (line: string, level: LogLevel) => void
  /** Texts that must not be said anywhere: not in the run directory, and neither to `onEvent` nor to `onLine`. At least 6 characters each. */
  readonly secrets?: readonly string[]
  /** The run directory, with journal, logs and reports. Without it, nothing is written. */
  readonly out?: string
  /** Gives up a run in the directory that has died; `held` of the result tells which servers it may still hold. */
  readonly replace?: boolean
  /** Takes over the lock of another host, if the process there is gone. */
  readonly force?: boolean
  /** Name of the test suite in junit.xml; `rackbench`. */
  readonly suite?: string
  /** Whose logs junit.xml names for Jenkins; `failed`. */
  readonly attach?: Plan['attach']
  /** The least important lines that are logged; `info`. */
  readonly logLevel?: LogLevel
  /** `text`, or `json`: one object a line. */
  readonly logFormat?: Plan['logFormat']
}
