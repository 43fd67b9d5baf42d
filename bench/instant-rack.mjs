// A rack whose machines take no time, as that of seed.py: what is left to measure is rackbench. `faults` is the path of the file that
// says which servers fail: {"fails": {"n-0007": "PXE boot timed out"}, "scores": {"n-0012": 31}}.
import { readFileSync } from 'node:fs'

export default function instantRack({ faults }) {
  const { fails, scores } = JSON.parse(readFileSync(faults, 'utf8'))
  return {
    name: 'instant',
    async install({ id }, os, { log }) {
      log('PXE boot')
      log(`writing ${os} to disk`)
      log('first boot')
      if (id in fails) throw new Error(fails[id])
    },
    async benchmark({ id }, { log }) {
      log('warming up')
      log('measuring')
      return scores[id] ?? 80
    },
    async destroy(_server, { log }) {
      log('erasing disks')
      log('power off')
    },
    async markAsBroken(_server, _reason, { log }) {
      log('taking the server out of the pool')
    },
  }
}
