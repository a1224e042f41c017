#!/usr/bin/env node
import { homedir } from 'node:os'
import { run } from './run.js'

// `netpulse jobs | head`: who read enough has closed the pipe, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const { argv, env, stdin, stdout, stderr } = process
const interrupt = new AbortController()
// The first Ctrl-C ends the waiting in order, the second one the process.
process.once('SIGINT', () => interrupt.abort())
process.exitCode = await run({
  ...{ args: argv.slice(2), env, stdin, stdout, stderr },
  cwd: process.cwd(),
  homeDir: homedir(),
  interrupted: interrupt.signal,
})
