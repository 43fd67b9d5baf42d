import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { startSshd, whyNoSshd } from './sshd.ts'

const call = promisify(execFile)

describe.skipIf(whyNoSshd !== '')(`the sshd of the tests ${whyNoSshd}`, () => {
  test('lets in by its key, with the environment that it was given, and by no other key', async () => {
    await using sshd = await startSshd({ address: '127.0.0.9', env: { TOOLS: 'a b' } })
    const login = (key: string) =>
      call('ssh', ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-i', key, '-l', sshd.user, '-p', String(sshd.port), '--', sshd.address, 'echo "$TOOLS"'], {
        env: sshd.env,
      })
    expect((await login(sshd.identityFile)).stdout).toBe('a b\n')
    await expect(login(sshd.otherIdentityFile)).rejects.toMatchObject({ code: 255, stderr: expect.stringContaining('Permission denied') })
    await sshd.stop()
    await expect(login(sshd.identityFile)).rejects.toMatchObject({ code: 255, stderr: expect.stringContaining('Connection refused') })
    await sshd.changeHostKey()
    await sshd.start()
    expect((await login(sshd.identityFile)).stdout).toBe('a b\n')
    expect(await sshd.left()).toEqual([])
  })
})
