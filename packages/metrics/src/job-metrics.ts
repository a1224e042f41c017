import type { Observation } from '@netpulse/engine'
import type { Registry } from 'prom-client'
import { Counter, Histogram } from 'prom-client'

/** From a warm `show clock` to a job of ten minutes. Seconds. */
const jobBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600]

/** Counts what becomes of jobs in this process. */
export function observeJobs(registry: Registry): (observation: Observation) => void {
  const registers = [registry]
  const started = new Counter({
    name: 'netpulse_jobs_started_total',
    help: 'Attempts at jobs that workers of this process began.',
    labelNames: ['driver', 'kind', 'strategy'],
    registers,
  })
  const ended = new Counter({
    name: 'netpulse_jobs_ended_total',
    help: 'Jobs that ended in this process, by what came of them.',
    labelNames: ['driver', 'kind', 'status', 'outcome'],
    registers,
  })
  const retried = new Counter({
    name: 'netpulse_jobs_retried_total',
    help: 'Attempts that failed before they touched the device and are followed by another, by the error.',
    labelNames: ['driver', 'code'],
    registers,
  })
  const wait = new Histogram({
    name: 'netpulse_job_wait_seconds',
    help: 'From the acceptance of a job to the start of an attempt.',
    labelNames: ['driver', 'strategy'],
    buckets: jobBuckets,
    registers,
  })
  const run = new Histogram({
    name: 'netpulse_job_run_seconds',
    help: 'From the start of the last attempt to the stored end of the job.',
    labelNames: ['driver', 'strategy'],
    buckets: jobBuckets,
    registers,
  })
  return (observation) => {
    if (observation.type === 'job_started') {
      const { driver, kind, strategy } = observation.job
      started.inc({ driver, kind, strategy })
      wait.observe({ driver, strategy }, observation.waitSeconds)
    } else if (observation.type === 'job_ended') {
      const { driver, kind, strategy } = observation.job
      ended.inc({ driver, kind, status: observation.status, outcome: observation.outcome })
      run.observe({ driver, strategy }, observation.runSeconds)
    } else if (observation.type === 'job_retried') {
      retried.inc({ driver: observation.job.driver, code: observation.code })
    }
  }
}
