import type { Command } from 'commander'
import type { CommandSet } from '../../context.js'
import { addCommandGroup } from '../command-group.js'
import { listCommand, removeCommand, rotateCommand, setCommand } from './file-commands.js'
import { testReferenceCommand } from './test-reference.js'

export const credentialsCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'credentials',
    summary: 'keep secrets in the sealed file, and test references',
    description:
      'list, set, remove and rotate work on the sealed file of a credential provider `file`, on the machine that has it, and ask no server. test asks the server.',
    members: [listCommand, setCommand, removeCommand, rotateCommand, testReferenceCommand],
  })
