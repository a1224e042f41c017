import { describe, expect, it } from 'vitest'
import type { GuideStep } from '../support/guides/guide.js'
import { runGuide } from '../support/guides/run-guide.js'

const run = (code: string, shown?: string): GuideStep => ({
  kind: 'run',
  line: 7,
  code: `${code}\n`,
  ...(shown === undefined ? {} : { output: { line: 9, format: 'text', text: shown } }),
})

describe('a guide that is run', () => {
  it('is one shell: folder, variables and files go on from step to step', async () => {
    const steps: GuideStep[] = [
      run('cd "$(mktemp -d)"; GREETING=hello'),
      { kind: 'file', line: 3, language: 'text', name: 'name.txt', text: 'reader\n' },
      run('echo "$GREETING $(cat name.txt)"', 'hello reader'),
    ]
    expect(await runGuide(steps)).toEqual([])
  })

  it('has ports of its own, and prints those that it shows', async () => {
    const shown = '--port 9000 127.0.0.1:2203'
    expect(await runGuide([run('echo --port 9000 127.0.0.1:2203', shown)])).toEqual([])
    expect(await runGuide([run('test 9000 -ne 900""0')])).toEqual([])
  })

  it('fails at the command that fails, with what it printed, and goes no further', async () => {
    const flaws = await runGuide([run('echo before; ls /nowhere; echo after'), run('echo', 'never looked at')])
    expect(flaws).toHaveLength(1)
    expect(flaws[0]).toMatch(/^line 7 failed\nbefore\n.*nowhere/)
    expect(flaws[0]).not.toContain('after')
  })

  it('fails where it prints something else', async () => {
    const [flaw, ...more] = await runGuide([run('echo one', 'two')])
    expect(flaw).toMatch(/^line 9: the output differs: it printed\none/)
    expect(more).toEqual([])
  })

  it('is ended when it does not end by itself, with all that it started', async () => {
    const given = new AbortController()
    const running = runGuide([run('sleep 600 & sleep 600')], given.signal)
    given.abort()
    expect(await running).toEqual([expect.stringContaining('line 7 failed'), expect.stringContaining('not ended')])
  })

  it('knows nothing of the settings and the home of whoever runs it', async () => {
    process.env['NETPULSE_API_KEY'] = 'of-the-developer'
    const flaws = await runGuide([run('echo "key:$NETPULSE_API_KEY $(ls -A "$HOME" | wc -l)"', 'key: 0')])
    delete process.env['NETPULSE_API_KEY']
    expect(flaws).toEqual([])
  })
})
