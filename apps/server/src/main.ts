#!/usr/bin/env node
import { run } from './cli/run.js'

const { argv, env, stdout, stderr } = process
// A socket of a library may keep the loop alive; the work is done here.
process.exit(await run({ args: argv.slice(2), env, stdout, stderr }))
