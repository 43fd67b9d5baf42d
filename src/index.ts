/** The library face: what a provisioner of one's own needs. */
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
export type { Benchmark, LogLevel, Provisioner, StepContext } from './model/provisioner.ts'
export type { Installed, Server, ServerId } from './model/server.ts'
export type { Violation } from './model/threshold.ts'
export { log } from './run/current-log.ts'
