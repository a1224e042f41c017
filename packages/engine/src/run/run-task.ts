import type {
  Clock,
  CommandResult,
  JsonObject,
  TaskReport,
  TaskState,
  TaskStep,
  TaskWebhookEvent,
} from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { LogRange, Session, TaskAccess, TaskReading } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import { engineError } from '../errors.js'
import { isOver } from '../tasks/task-end.js'
import type { JobRun, RunAnswer } from './job-run.js'
import { resultOf } from './results.js'

/** What a step needs beside its run. */
export interface TaskRunParts {
  readonly clock: Clock
  /** Bytes of a log that one answer has at most. */
  readonly maxBytes: number
}

type Launch = Extract<TaskStep, { action: 'launch' }>
type Read = Extract<TaskStep, { action: 'read' }>
type Kill = Extract<TaskStep, { action: 'kill' }>

/** A secret may reach over the offset that somebody asks for: so much before it is looked at. Bytes. */
const lookBackBytes = 4096

/** Takes one step about a task. @throws NOT_SUPPORTED; what the driver throws */
export function runTask(session: Session, run: JobRun, step: TaskStep, parts: TaskRunParts): Promise<RunAnswer> {
  const access = session.tasks
  if (access === undefined) throw driverError('NOT_SUPPORTED', 'The session cannot leave work running at its device.')
  const task = new TaskRun(access, run, parts)
  if (step.action === 'launch') return task.launch(step)
  if (step.action === 'read') return task.read(step)
  return step.action === 'kill' ? task.kill(step) : task.discover()
}

const succeeded = { status: 'finished', outcome: 'succeeded' } as const

class TaskRun {
  readonly #access: TaskAccess
  readonly #run: JobRun
  readonly #parts: TaskRunParts
  readonly #startedMs: number

  constructor(access: TaskAccess, run: JobRun, parts: TaskRunParts) {
    this.#access = access
    this.#run = run
    this.#parts = parts
    this.#startedMs = parts.clock.monotonicMs()
  }

  /** May change anything, as an opaque command: from here on nobody starts it again. */
  async launch({ taskId }: Launch): Promise<RunAnswer> {
    const { job, journal, limits, progress, context, send } = this.#run
    const { operation } = job.request
    const commands = operation.type === 'command' ? operation.commands : []
    await journal.write({ phase: 'line_sent', line: 0 })
    limits.throwIfStopping()
    progress.touched = true
    progress.uncertain = true
    const { failure, ...state } = await this.#access.launch(taskId, commands, context, send)
    progress.uncertain = false
    progress.accepted += failure === null ? 1 : 0
    const report: TaskReport = { ...state, nextOffset: 0, logSize: 0 }
    const result = this.#result(commands, '', { taskId, ...shownState(state) })
    progress.results.push({ ...result, exitStatus: failure === null ? 0 : 1, failure: this.#redacted(failure) })
    if (failure !== null) return { status: 'finished', outcome: 'refused' }
    return { ...succeeded, task: report }
  }

  async read(step: Read): Promise<RunAnswer> {
    const { taskId, commands } = step
    const { text, report } = await this.#reading(step)
    const { nextOffset, logSize, ...state } = report
    const seen = { ...shownState(state), nextOffset, logSize, completed: isOver(report) }
    const result = this.#result(commands, text, { taskId, ...seen })
    this.#run.progress.results.push({ ...result, exitStatus: report.exitStatus ?? 0 })
    const event = eventOf(step, report, text)
    return { ...succeeded, task: report, ...(event === undefined ? {} : { event }) }
  }

  async kill({ taskId, commands, tells }: Kill): Promise<RunAnswer> {
    const { context, send, progress } = this.#run
    const { wasRunning } = await this.#access.kill(taskId, context, send)
    progress.results.push(this.#result(commands, '', { taskId, isRunning: false, wasRunning }))
    if (!tells || !wasRunning) return succeeded
    const error = toErrorData(engineError('TASK_KILLED', `Task ${taskId} was ended by a request.`))
    return { ...succeeded, error, event: 'detached.failed' }
  }

  async discover(): Promise<RunAnswer> {
    const { context, send, redactor } = this.#run
    const tasks = await this.#access.discover(context, send)
    const redact = (line: string): string => redactor.redact(line)
    return {
      ...succeeded,
      tasks: tasks.map(({ commands, ...task }) => ({
        ...task,
        ...(commands === undefined ? {} : { commands: commands.map(redact) }),
      })),
    }
  }

  /** What the step is for: what follows an offset; or of a task that has ended, when nothing was pushed, the last part. */
  async #reading(step: Read): Promise<{ readonly text: string; readonly report: TaskReport }> {
    const { taskId, offset } = step
    const { maxBytes } = this.#parts
    const { text, ...found } = await this.#log(taskId, { offset, maxBytes })
    if (step.purpose === 'watch' && !found.running && found.nextOffset < found.logSize)
      return this.#lastPart(step, found)
    const head = step.purpose === 'answer' && offset <= found.logSize ? await this.#lineBefore(taskId, offset) : ''
    return { text: this.#hidden(head, text), report: found }
  }

  async #lastPart({ taskId }: Read, { logSize }: TaskReport) {
    const { maxBytes } = this.#parts
    const offset = logSize - maxBytes
    const { text, ...found } = await this.#log(taskId, { offset, maxBytes })
    const head = await this.#lineBefore(taskId, offset)
    // A group that prints on after its end was seen is no reason to look for ever.
    return { text: this.#hidden(head, text), report: { ...found, nextOffset: found.logSize } }
  }

  /** The part of a line that stands before an offset. */
  async #lineBefore(taskId: string, from: number): Promise<string> {
    if (from === 0) return ''
    const offset = Math.max(0, from - lookBackBytes)
    const before = await this.#log(taskId, { offset, maxBytes: from - offset })
    // A reading ends with a whole line where there is one: then only the rest can be a part of this line.
    const rest = from - before.nextOffset
    const tail = rest > 0 ? (await this.#log(taskId, { offset: before.nextOffset, maxBytes: rest })).text : before.text
    return tail.slice(tail.lastIndexOf('\n') + 1)
  }

  #log(taskId: string, range: LogRange): Promise<TaskReading> {
    return this.#access.read(taskId, range, this.#run.context, this.#run.send)
  }

  /** Redacted; of a secret that begins before the text nothing is shown, nor of its line. */
  #hidden(head: string, text: string): string {
    const { redactor } = this.#run
    if (head === '') return redactor.redact(text)
    const lineEnd = text.indexOf('\n')
    const line = lineEnd < 0 ? text : text.slice(0, lineEnd)
    const isPlain = redactor.redact(head + line) === head + line
    return (isPlain ? line : hiddenLine) + redactor.redact(text.slice(line.length))
  }

  #redacted(failure: CommandResult['failure']): CommandResult['failure'] {
    return failure === null ? null : { ...failure, message: this.#run.redactor.redact(failure.message) }
  }

  #result(commands: readonly string[], output: string, metadata: JsonObject): CommandResult {
    const elapsedMs = this.#parts.clock.monotonicMs() - this.#startedMs
    const input = commands.join('\n')
    const result = resultOf(this.#run, input, { input, output: '', failure: null, elapsedMs })
    return { ...result, stdout: output, metadata: { ...result.metadata, ...metadata } }
  }
}

const hiddenLine = '[redacted]'

const shownState = ({ running, pid, exitStatus }: TaskState): JsonObject => ({
  isRunning: running,
  ...(pid === undefined ? {} : { pid }),
  ...(exitStatus === undefined ? {} : { exitStatus }),
})

/** What the webhook is told of a look. */
function eventOf({ purpose }: Read, report: TaskReport, text: string): TaskWebhookEvent | undefined {
  if (purpose === 'answer') return undefined
  if (isOver(report)) return 'detached.completed'
  return purpose === 'push' && text !== '' ? 'detached.log_push' : undefined
}
