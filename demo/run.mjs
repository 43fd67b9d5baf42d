// `npm start`: the main job on the simulated rack. Some of its servers fail by design, which is no failure of the demonstration.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const rackbench = spawn(process.execPath, [main, 'run', '101-136', '--provisioner', 'simulated', '--replace'], { stdio: 'inherit' })

// The terminal sends Ctrl-C and its hang-up to both of us: passed on, the second SIGINT would mean "leave at once".
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('SIGTERM', () => rackbench.kill('SIGTERM'))

rackbench.on('error', (error) => {
  console.error(`cannot start rackbench: ${error.message}`)
  process.exitCode = 3
})
rackbench.on('exit', (code, signal) => {
  if (code === 1) console.log('\nThat is how it should end: some servers of the simulated rack fail by design, so that there is something to see.')
  process.exitCode = code === 1 ? 0 : (code ?? 3)
  if (signal) console.error(`rackbench was ended by ${signal}`)
})
