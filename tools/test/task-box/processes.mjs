import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Everything after the group and the session in `/proc/<pid>/stat`, whose second field may hold any character. */
const statOf = (pid) => {
  try {
    const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ')
    return { state, group: Number(group) }
  } catch {
    return undefined
  }
}

/** Processes of a group that run. */
export const processesOf = (group) =>
  readdirSync('/proc').filter((name) => {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    return stat?.group === group && stat.state !== 'Z' && stat.state !== 'X'
  }).length

/**
 * Tasks as real processes of this machine: each a group of its own (setsid), with its log and its exit status in files of
 * the folder, so that they outlive whoever started them.
 */
export class Processes {
  #folder

  constructor(folder) {
    this.#folder = folder
  }

  launch(taskId, commands) {
    if (!existsSync(this.#file(taskId, 'pid'))) {
      const log = openSync(this.#file(taskId, 'log'), 'a')
      const exit = this.#file(taskId, 'exit')
      const script = `(\n${commands.join('\n')}\n)\necho $? > "${exit}.new"; mv "${exit}.new" "${exit}"`
      const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', log, log] })
      closeSync(log)
      writeFileSync(this.#file(taskId, 'cmd'), JSON.stringify(commands))
      writeFileSync(this.#file(taskId, 'pid'), String(child.pid))
      child.unref()
    }
    return this.state(taskId)
  }

  /** `undefined`: there is no such task. */
  state(taskId) {
    const pid = this.pidOf(taskId)
    if (pid === undefined) return undefined
    // The processes first: the last of them writes the exit status before it goes.
    const running = processesOf(pid) > 0
    const exit = this.#read(taskId, 'exit')
    return exit === undefined ? { running, pid } : { running: false, pid, exitStatus: Number(exit) }
  }

  read(taskId, offset, maxBytes) {
    // The state first: what is printed later must not be missed as the log of an ended task.
    const state = this.state(taskId)
    if (state === undefined) return undefined
    const file = openSync(this.#file(taskId, 'log'), 'r')
    const logSize = statSync(this.#file(taskId, 'log')).size
    const from = offset > logSize ? 0 : offset
    const bytes = Buffer.alloc(Math.min(maxBytes, logSize - from))
    readSync(file, bytes, 0, bytes.length, from)
    closeSync(file)
    return { ...state, base64: bytes.toString('base64'), from, logSize }
  }

  kill(taskId) {
    const state = this.state(taskId)
    if (state?.running === true) process.kill(-state.pid, 'SIGKILL')
    for (const end of ['pid', 'exit', 'cmd', 'log']) rmSync(this.#file(taskId, end), { force: true })
    return { wasRunning: state?.running === true }
  }

  discover() {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.pid'))
      .map((name) => name.slice(0, -'.pid'.length))
      .map((taskId) => ({ taskId, commands: JSON.parse(this.#read(taskId, 'cmd') ?? '[]'), ...this.state(taskId) }))
  }

  pidOf(taskId) {
    const pid = this.#read(taskId, 'pid')
    return pid === undefined ? undefined : Number(pid)
  }

  #file(taskId, end) {
    return join(this.#folder, `${taskId}.${end}`)
  }

  #read(taskId, end) {
    const file = this.#file(taskId, end)
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  }
}
