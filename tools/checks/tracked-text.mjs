import { spawnSync } from 'node:child_process'
import { root } from '../setup/prepare.mjs'

// Written in two parts, so that this file does not find itself.
const forbidden = [
  ['a path of a machine', ['/work', '/main|/home', '/[a-z]|/root', '/']],
  ['a registry host', ['registry\\.npm', 'js\\.org|deb\\.deb', 'ian\\.org']],
].map(([what, parts]) => [what, parts.join('')])

/** What devices print may name folders of theirs. */
const recordings = [':(exclude,glob)packages/**/fixtures/**']

/** Tracked files hold no path of somebody's machine and no host of a package registry. */
export function checkTrackedText() {
  const failures = []
  for (const [what, pattern] of forbidden) {
    const { status, stdout, stderr } = spawnSync('git', ['grep', '-nIE', pattern, '--', '.', ...recordings], {
      cwd: root,
      encoding: 'utf8',
    })
    // 1: nothing was found; more: git could not look.
    if (status > 1) throw new Error(`git grep: ${stderr}`)
    for (const line of stdout.split('\n').filter(Boolean)) failures.push(`${what}: ${line.slice(0, 200)}`)
  }
  return { passed: forbidden.length, failures }
}
