import { describe, expect, it } from 'vitest'
import { juniperJunos } from '../../src/dialects/juniper-junos.js'
import { deviceOf } from '../support/conversation.js'

const config = 'set system host-name r1\nset interfaces ge-0/0/0 disable\n'

describe('juniper_junos', () => {
  it('shows user, host and hierarchy in its prompts', () => {
    const session = deviceOf(juniperJunos()).login()
    expect(session.waitsAt()).toBe('admin@r1> ')
    expect(session.text('configure')).toBe('Entering configuration mode\n')
    expect(session.waitsAt()).toBe('\n[edit]\nadmin@r1# ')
    expect(session.waitsAt('edit interfaces ge-0/0/0')).toBe('\n[edit interfaces ge-0/0/0]\nadmin@r1# ')
    expect(session.run('top', 'exit')).toBe('admin@r1> ')
  })

  it('keeps lines in the candidate until the commit', () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure', 'set system host-name r9')
    expect(device.model.hostname).toBe('r1')
    expect(device.model.candidateConfig).toContain('host-name r9')
    expect(session.text('show | compare')).toBe('[edit system]\n-   host-name r1;\n+   host-name r9;\n')
    expect(session.text('commit')).toBe('commit complete\n')
    expect(session.waitsAt()).toBe('\n[edit]\nadmin@r9# ')
    expect(device.model.candidateConfig).toBe('')
    expect(device.reports).toEqual(['candidate config: set system host-name r9', 'commit'])
  })

  it('sets and deletes relative to the hierarchy that edit went to', () => {
    const device = deviceOf(juniperJunos(), { config })
    device.login().run('configure', 'edit interfaces ge-0/0/0', 'set description "a b"', 'delete disable', 'commit')
    expect(device.model.runningConfig).toBe('set system host-name r1\nset interfaces ge-0/0/0 description "a b"\n')
  })

  it('refuses an unknown statement under its first wrong word and keeps nothing of it', () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure')
    expect(session.type('set bogus 1')).toEqual({
      output: `${' '.repeat('admin@r1# '.length + 4)}^\nsyntax error.\n`,
      refused: true,
      exitStatus: 1,
    })
    expect(device.model.candidateConfig).toBe('')
    expect(session.text('bogus')).toContain('unknown command.')
  })

  it('refuses at the commit what it is told to, changes nothing, and keeps the candidate', () => {
    const device = deviceOf(juniperJunos(), { config, refusesAtCommit: (line) => line.includes('ge-0/0/9') })
    const session = device.login()
    session.run('configure', 'set interfaces ge-0/0/9 disable')
    expect(session.text('commit check')).toContain('error: configuration check-out failed')
    expect(session.type('commit')).toMatchObject({ refused: true })
    expect(device.model.runningConfig).toBe(config)
    expect(session.text('rollback 0')).toBe('load complete\n')
    expect(device.model.candidateConfig).toBe('')
    expect(device.reports.at(-1)).toBe('discard')
  })

  it('undoes a confirmed commit when no confirmation comes in time', async () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure', 'set system host-name r9')
    expect(session.text('commit confirmed 5')).toContain('rolled back in 5 minutes')
    expect(device.model.hostname).toBe('r9')
    await device.clock.advance(5 * 60_000 - 1)
    expect(device.model.hostname).toBe('r9')
    await device.clock.advance(1)
    expect(device.model.hostname).toBe('r1')
    expect(device.reports.slice(-2)).toEqual(['commit_confirmed', 'rollback'])
  })

  it('keeps a confirmed commit that is confirmed in time', async () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure', 'set system host-name r9', 'commit confirmed 1', 'commit')
    await device.clock.advance(120_000)
    expect(device.model.hostname).toBe('r9')
    expect(device.reports.slice(-2)).toEqual(['commit_confirmed', 'confirm'])
    expect(device.clock.pendingTimers).toBe(0)
  })

  it('asks before it leaves a changed candidate, which stays', () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure', 'set system host-name r9')
    expect(session.waitsAt('exit')).toBe('Exit with uncommitted changes? [yes,no] (yes) ')
    expect(session.waitsAt('no')).toBe('\n[edit]\nadmin@r1# ')
    expect(session.run('exit configuration-mode', 'yes')).toBe('admin@r1> ')
    expect(device.model.candidateConfig).toContain('host-name r9')
    expect(device.login().text('configure')).toContain('The configuration has been changed but not committed')
  })

  it('locks the database for an exclusive session and drops its changes with the connection', () => {
    const device = deviceOf(juniperJunos(), { config })
    const one = device.login({ user: 'ann' })
    one.run('configure exclusive', 'set system host-name r9')
    const other = device.login({ user: 'bob' })
    expect(other.text('configure')).toContain('configuration database locked by:\n  ann')
    one.cli.close()
    expect(device.model.candidateConfig).toBe('')
    expect(other.text('configure')).toBe('Entering configuration mode\n')
  })

  it('goes back to earlier configurations', () => {
    const device = deviceOf(juniperJunos(), { config })
    const session = device.login()
    session.run('configure', 'set system host-name r8', 'commit', 'set system host-name r9', 'commit')
    session.run('rollback 2', 'commit')
    expect(device.model.hostname).toBe('r1')
    expect(session.text('rollback 40')).toContain('error: rollback 40')
  })

  it('keeps a private candidate apart from the shared one', () => {
    const device = deviceOf(juniperJunos(), { config })
    device.login().run('configure private', 'set system host-name r9')
    expect(device.model.candidateConfig).toBe('')
  })

  it('shows its configuration in braces and as set lines, with its identity', () => {
    const session = deviceOf(juniperJunos(), { config }).login()
    expect(session.text('show configuration | display set')).toMatch(
      /^set system host-name r1\n[^]*# identity device=r1/,
    )
    expect(session.text('show configuration')).toContain('system {\n    host-name r1;\n}')
  })

  it('knows config lines and commits before it takes them', () => {
    const { cli } = deviceOf(juniperJunos()).login()
    cli.input('configure')
    const kinds = ['set a b', 'delete a', 'commit', 'commit confirmed 5', 'commit check', 'show'].map((line) =>
      cli.kindOf(line),
    )
    expect(kinds).toEqual(['config', 'config', 'commit', 'commit', 'command', 'command'])
  })
})
