#!/usr/bin/env node
import { run } from './cli/run.js'
import { runNodeProcess } from './node-process.js'
import { nodeWord } from './supervised-process.js'

const { argv, env, stdout, stderr } = process
const args = argv.slice(2)
const isNode = args[0] === nodeWord && process.send !== undefined
// A socket of a library may keep the loop alive; the work is done here.
process.exit(isNode ? await runNodeProcess() : await run({ args, env, stdout, stderr }))
