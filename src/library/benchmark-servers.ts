import type { Provisioner } from '../model/provisioner.ts'
import type { BenchmarkOptions, NamedServer } from './options.ts'
import type { BenchmarkResult } from './result.ts'

/**
 * Takes servers through install, benchmark, check and destroy, and marks those as broken that failed by their own fault.
 *
 * However the run goes, it resolves and says so. It writes what its options ask for and nothing else, to no stream either, and
 * listens to no signal of the process. The provisioner is not closed: whoever opened it may use it again. A benchmark that has a
 * `close` is closed when the run is over.
 *
 * @param servers IDs as they are (ranges are for the command line), numbers, or objects with an address and labels.
 * @throws UsageError that names every problem of what was given, before any server is touched.
 */
export async function benchmarkServers(provisioner: Provisioner, servers: Iterable<string | number | NamedServer>, options: BenchmarkOptions = {}): Promise<BenchmarkResult> {
  // Whoever needs the error classes only, as provisioners do, does not load a whole run with them.
  const [{ readRequest }, { carryOutRequest }] = await Promise.all([import('./request.ts'), import('./carry-out-request.ts')])
  return carryOutRequest(readRequest(provisioner, servers, options, process.cwd()))
}
