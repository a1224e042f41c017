import { Command } from 'commander'
import { auditCommand } from './commands/audit-command.js'
import { bulkCommand } from './commands/bulk-command.js'
import { cancelCommand } from './commands/cancel-command.js'
import { completionCommand } from './commands/completion-command.js'
import { configCommand } from './commands/config-command.js'
import { credentialsCommand } from './commands/credentials/credentials-command.js'
import { deliveriesCommand } from './commands/deliveries/deliveries-command.js'
import { downloadCommand } from './commands/download-command.js'
import { doctorCommand } from './commands/doctor-command.js'
import { execCommand } from './commands/exec-command.js'
import { holdsCommand } from './commands/holds-command.js'
import { hostKeysCommand } from './commands/host-keys/host-keys-command.js'
import { jobCommand } from './commands/job-command.js'
import { jobsCommand } from './commands/jobs-command.js'
import { keysCommand } from './commands/keys/keys-command.js'
import { platformsCommand } from './commands/platforms-command.js'
import { pluginsCommand } from './commands/plugins-command.js'
import { statsCommand } from './commands/stats-command.js'
import { tasksCommand } from './commands/tasks-command.js'
import { testCommand } from './commands/test-command.js'
import { uploadCommand } from './commands/upload-command.js'
import { upCommand } from './commands/up-command.js'
import { workersCommand } from './commands/workers-command.js'
import type { CommandSet, Outcome } from './context.js'
import { addGlobalOptions } from './global-options.js'
import { ownVersion } from './own-version.js'
import type { ProcessParts } from './process-parts.js'

const commands: readonly ((set: CommandSet) => Command)[] = [
  ...[execCommand, configCommand, bulkCommand, uploadCommand, downloadCommand, testCommand],
  ...[jobsCommand, jobCommand, cancelCommand, workersCommand, auditCommand, tasksCommand],
  ...[platformsCommand, pluginsCommand, upCommand, doctorCommand, completionCommand],
  ...[keysCommand, hostKeysCommand, credentialsCommand, deliveriesCommand, holdsCommand, statsCommand],
]

const about = `
Exit codes: 0 done; 1 a device refused, a job failed, or the audit record is broken; 2 wrong command line, file or profile; 3 the server cannot be
reached; 4 the API key is missing or not allowed; 5 the server refused; 6 look at the device: its change is in force in part,
or nobody knows; 7 not ended within --timeout; 130 Ctrl-C. Jobs that were accepted go on after 7 and 130.
`

/** The program with all its commands; what one comes to is left in `outcome`. */
export function programFor(parts: ProcessParts, outcome: Outcome): Command {
  const program = new Command('netpulse')
  const { stdout, stderr } = parts
  addGlobalOptions(program)
    .description('Network devices and Linux servers behind one API: run commands, apply configuration, follow jobs.')
    .version(ownVersion(), '-v, --version', 'version of this program')
    .addHelpText('after', about)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride()
  for (const command of commands) command({ program, parts, outcome })
  return program
}
