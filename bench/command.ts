import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Quantity, Result, Target } from './bench.ts'
import { beside, scaled } from './bench.ts'
import { fleetOf } from './fleet.ts'
import { wallOf, whyAbsent } from './measure.ts'
import { median } from './numbers.ts'
import { runServers } from './rackbench.ts'

const workers = 15
const rounds = 3

/** The steps as programs that end at once; the mark is for servers that fail, and none does. */
const steps = { install: ['/bin/true', '{id}', '{os}'], benchmark: ['/bin/echo', '80'], destroy: ['/bin/true', '{id}'], markAsBroken: ['/bin/true', '{id}', '{reason}'] } as const

/** Another program that does the same. */
interface Reference {
  readonly name: string
  readonly program: string
  readonly rounds: number
  readonly ratioIs: 'times as much' | 'times faster'
  readonly target: Target
  /** Answers how many milliseconds it took. */
  readonly run: (folder: string, servers: readonly string[]) => Promise<number>
}

const references: readonly Reference[] = [
  { name: 'GNU parallel', program: 'parallel', rounds, ratioIs: 'times as much', target: { is: 'at most', value: 3 }, run: withParallel },
  { name: 'Ansible', program: 'ansible-playbook', rounds: 1, ratioIs: 'times faster', target: { is: 'at least', value: 20 }, run: withAnsible },
]

export const command: Bench = {
  name: 'command',
  about: '60 servers by scripts that do nothing, beside GNU parallel and Ansible',
  async run(lab) {
    const servers = fleetOf(scaled(60, lab))
    const what = `${servers.length.toLocaleString('en')} servers, 3 programs each, ${workers} at a time`
    const figure = await medianOf(rounds, join(lab.folder, 'rackbench'), async (folder) => {
      const { wallMs } = await runServers(lab, { folder, servers, config: { concurrency: workers, provisioner: { type: 'command', ...steps } } })
      return wallMs
    })
    const results: Result[] = []
    for (const { name, program, rounds: times, ratioIs, target, run } of references) {
      try {
        const missing = await whyAbsent(program)
        if (missing !== undefined) throw new Error(missing)
        const theirs = await medianOf(times, join(lab.folder, program), (folder) => run(folder, servers))
        results.push(beside({ what, figure, target }, ratioIs, { what: name, ...theirs }))
      } catch (error) {
        results.push({ what: `the same beside ${name}`, missing: (error as Error).message })
      }
    }
    return results
  },
}

/** In seconds. */
async function medianOf(times: number, folder: string, run: (folder: string) => Promise<number>): Promise<Quantity> {
  const walls: number[] = []
  for (let round = 1; round <= times; round++) {
    walls.push(await run(folder))
    await rm(folder, { recursive: true })
  }
  return { value: median(walls) / 1000, unit: 's' }
}

/** The same programs, and a log for each server. */
async function withParallel(folder: string, servers: readonly string[]): Promise<number> {
  await mkdir(join(folder, 'logs'), { recursive: true })
  await writeFile(join(folder, 'servers.txt'), `${servers.join('\n')}\n`)
  const line = '(/bin/true {} debian-12 && /bin/echo 80 && /bin/true {}) > logs/{}.log 2>&1'
  return wallOf({ argv: ['parallel', '-j', String(workers), '--joblog', 'joblog', line, '::::', 'servers.txt'], folder, env: { HOME: folder } })
}

const playbook = `
- hosts: all
  gather_facts: false
  strategy: free
  tasks:
    - { name: install, command: "/bin/true {{ inventory_hostname }} debian-12" }
    - { name: benchmark, command: /bin/echo 80, register: score }
    - { name: destroy, command: "/bin/true {{ inventory_hostname }}" }
    - { name: mark as broken, command: "/bin/true {{ inventory_hostname }} slow", when: score.stdout | int < 50 }
`

/** The same as four tasks on local connections, set up for speed: no facts, no looking for a Python, pipelining, no host waits for another. */
async function withAnsible(folder: string, servers: readonly string[]): Promise<number> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'playbook.yaml'), playbook)
  await writeFile(join(folder, 'hosts'), servers.map((id) => `${id} ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"\n`).join(''))
  const env = { HOME: folder, LC_ALL: 'C.UTF-8', ANSIBLE_HOME: join(folder, 'ansible'), ANSIBLE_PIPELINING: 'true', ANSIBLE_LOG_PATH: join(folder, 'ansible.log') }
  return wallOf({ argv: ['ansible-playbook', '-f', String(workers), '-i', 'hosts', 'playbook.yaml'], folder, env })
}
