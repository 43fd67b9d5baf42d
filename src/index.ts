/** The library face: to benchmark servers from a program of one's own, and to write a provisioner. */
export { benchmarkServers } from './library/benchmark-servers.ts'
export type { BenchmarkOptions, Duration, NamedServer } from './library/options.ts'
export type { BenchmarkResult } from './library/result.ts'
export type { RunEvent } from './model/event.ts'
export {
  DefectError,
  MeasurementError,
  PerformanceError,
  ProvisionerUnavailableError,
  RequestRefusedError,
  ServerNotOursError,
  ServerOperationError,
  StepTimeoutError,
  UnknownServerError,
} from './model/fault.ts'
export type { Metrics } from './model/metrics.ts'
export { UsageError } from './model/problem.ts'
export type { Benchmark, LogLevel, Provisioner, StepContext } from './model/provisioner.ts'
export type { ServerResult } from './model/results.ts'
export type { Installed, Server, ServerId } from './model/server.ts'
export type { Step } from './model/step.ts'
export type { Suspect } from './model/suspects.ts'
export type { Threshold } from './model/threshold.ts'
export type { Violation } from './model/violation.ts'
export { log } from './run/log.ts'
