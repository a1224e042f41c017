import { loadPlatforms, parseRule, ruleProblem, statementReader, takesCommand, wordsOf } from '@netpulse/platforms'
import { describe, expect, it } from 'vitest'

const platforms = loadPlatforms()

/** The rule of the platform that a line falls under. */
function ruleFor(name: string, line: string): string | undefined {
  const { policy } = platforms.get(name)
  const statements = statementReader(policy)(line)
  return policy.denied.find((rule) => statements.some((words) => takesCommand(parseRule(rule), words)))
}

const denied: Readonly<Record<string, readonly string[]>> = {
  cisco_iosxe: [
    'reload',
    'rel',
    'relo in 5',
    '  RELOAD  ',
    'wr er',
    'write erase',
    'wri eras',
    'erase startup-config',
    'er nvram:',
    'format flash:',
    'fo bootflash:',
    'do reload',
    'do  wr er',
    'factory-reset all',
    'crypto key zeroize rsa',
    'redundancy force-switchover',
    'action 1.0 cli command "reload"',
    ' cli reload',
    'alias exec r reload',
    're"l"oad',
  ],
  cisco_iosxr: ['reload', 'do reload', 'admin reload', 'commit replace', 'hw-module location all reload', 'ad relo'],
  cisco_nxos: [
    'reload',
    'show version ; reload',
    'show clock;wr er',
    'write erase boot',
    'init system',
    'do reload',
    'bash sudo reboot',
  ],
  arista_eos: ['reload now', 'write erase', 'zerotouch ; reload', 'bash sudo reboot', 'delete flash:startup-config'],
  cisco_asa: ['reload noconfirm', 'wr er', 'clear configure all', 'cle conf all', 'failover reload-standby'],
  aruba_aoscx: ['boot system', 'boo sys primary', 'erase all zeroize', 'do boot system'],
  dell_os10: ['reload', 'delete startup-configuration', 'system "sudo reboot"'],
  juniper_junos: [
    'request system zeroize',
    'req sys zer',
    'request system reboot in 5',
    'request system power-off',
    'run request system halt',
    'request vmhost reboot',
    'load factory-default',
    'delete',
  ],
  huawei_vrp: [
    'reboot',
    'reboot fast',
    'run reboot',
    'reset saved-configuration',
    'format flash:',
    'schedule reboot delay 5',
  ],
  huawei_vrpv8: ['reboot', 'reset saved-configuration'],
  hp_comware: ['reboot force', 'restore factory-default', 'reset saved-configuration main', 'format flash:'],
  fortinet_fortios: [
    'execute factoryreset',
    'exec factoryreset2',
    'exe reboot',
    'execute shutdown',
    'execute formatlogdisk',
  ],
  paloalto_panos: [
    'request restart system',
    'request shutdown system',
    'request system private-data-reset',
    'run request restart system',
  ],
  mikrotik_routeros: [
    '/system reboot',
    '/system/reboot',
    'system reset-configuration no-defaults=yes',
    '/ip address print; /system reboot',
    ':if (true) do={/system reboot}',
    '/disk format-drive usb1',
    ':execute "/system shutdown"',
  ],
  nokia_sros: ['admin reboot', '/admin reboot now', 'delete'],
  nokia_sros_classic: ['admin reboot upgrade', '/admin reboot', 'file format cf3:'],
  nokia_srlinux: [
    'tools platform chassis reboot',
    '/tools platform chassis reboot',
    'tools platform control A power-cycle',
  ],
  frr_vtysh: ['write erase', 'w er'],
  linux: [
    'reboot',
    'sudo reboot',
    'sudo -n -u root /sbin/shutdown -h now',
    'uptime; reboot',
    'true && poweroff',
    'echo $(reboot)',
    'bash -c "reboot"',
    'r\\eboot',
    'mkfs.ext4 /dev/sda1',
    'dd if=/dev/zero of=/dev/sda',
    'rm -rf /',
    'systemctl --force reboot',
  ],
  cumulus_linux: ['nv config replace x.yaml', 'net del all', 'sudo reboot'],
  vyos: ['reboot now', 'run reboot', 'sudo poweroff', 'delete', 'format disk sdb like sda'],
}

const sent: Readonly<Record<string, readonly string[]>> = {
  cisco_iosxe: [
    'show version',
    'show reload',
    'show log | include reload|erase',
    'release dhcp GigabitEthernet1',
    'write memory',
    'wr',
    'interface Loopback0',
    'shutdown',
    'description reload after 18:00',
    'no reload-delay',
    'crypto key generate rsa',
  ],
  cisco_nxos: ['show version | include reload', 'copy running-config startup-config'],
  juniper_junos: [
    'show system reboot',
    'delete interfaces ge-0/0/0',
    'request system snapshot',
    'commit',
    'rollback 0',
  ],
  huawei_vrp: ['display reboot-info', 'reset counters interface', 'save'],
  fortinet_fortios: ['execute ping 192.0.2.1', 'get system status', 'config system interface'],
  mikrotik_routeros: ['/system resource print', '/ip/address/print', '/interface set ether1 comment=x'],
  linux: [
    'last reboot',
    'grep shutdown /var/log/syslog',
    'rm -rf /tmp/x',
    'ls /',
    'dd if=/dev/sda of=/tmp/x',
    'systemctl restart nginx',
  ],
  vyos: ['delete interfaces ethernet eth0', 'show reboot'],
}

const rowsOf = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).flatMap(([platform, lines]) => lines.map((line) => ({ platform, line })))

describe('commands that nobody may send', () => {
  it.each(rowsOf(denied))('$platform denies $line', ({ platform, line }) => {
    expect(ruleFor(platform, line)).toBeDefined()
  })

  it.each(rowsOf(sent))('$platform lets $line pass', ({ platform, line }) => {
    expect(ruleFor(platform, line)).toBeUndefined()
  })

  it('every shipped platform denies something', () => {
    for (const { name } of platforms.list()) expect(platforms.get(name).policy.denied, name).not.toEqual([])
    expect(Object.keys(denied).sort()).toEqual(platforms.list().map(({ name }) => name))
  })

  it.each([
    { name: 'many words', line: `sudo ${'x '.repeat(2000)}` },
    { name: 'many words that begin a rule', line: `sudo ${'dd '.repeat(1300)}` },
    { name: 'many prefixes', line: 'sudo '.repeat(800) },
    { name: 'many separators', line: ';'.repeat(4000) },
  ])('a line of $name is looked at in a short time', ({ line }) => {
    const start = performance.now()
    expect(ruleFor('linux', line)).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('rules of commands', () => {
  it.each([
    { name: 'a word', rule: 'reload', takes: ['reload', 'reload now'], not: ['rel', 'reloads', 'show reload'] },
    { name: 'a short form', rule: 'rel[oad]', takes: ['rel', 'relo', 'reload'], not: ['re', 'release', 'reloaded'] },
    { name: 'any word', rule: 'clear * all', takes: ['clear arp all'], not: ['clear all', 'clear a b all'] },
    { name: 'any words', rule: 'a ... z', takes: ['a z', 'a b c z d'], not: ['a b', 'z'] },
    { name: 'a beginning', rule: 'mkfs*', takes: ['mkfs', 'mkfs.ext4 /dev/x'], not: ['mkf'] },
    { name: 'an end', rule: 'delete $', takes: ['delete'], not: ['delete x'] },
  ])('$name takes what it should', ({ rule, takes, not }) => {
    for (const command of takes) expect(takesCommand(parseRule(rule), wordsOf(command)), command).toBe(true)
    for (const command of not) expect(takesCommand(parseRule(rule), wordsOf(command)), command).toBe(false)
  })

  it.each([
    { name: 'nothing', rule: ' ' },
    { name: 'only wildcards', rule: '* ...' },
    { name: 'an open bracket', rule: 'sh[ow' },
    { name: 'a bracket without a beginning', rule: '[show]' },
    { name: 'an end in the middle', rule: 'a $ b' },
  ])('refuses $name', ({ rule }) => {
    expect(ruleProblem(rule)).toBeDefined()
  })
})
