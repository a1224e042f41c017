const workerName = 'pinned/192.0.2.1@netpulse-1'
const jobId = '019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4'

/** A query that has ended. */
const endedJob = {
  id: jobId,
  status: 'finished',
  outcome: 'succeeded',
  created_at: '2026-03-02T09:15:00.120Z',
  enqueued_at: '2026-03-02T09:15:00.120Z',
  started_at: '2026-03-02T09:15:00.131Z',
  ended_at: '2026-03-02T09:15:00.182Z',
  queue: 'HostQ_192.0.2.1',
  worker: workerName,
  node: 'netpulse-1',
  result: {
    type: 1,
    retval: [
      {
        command: 'show clock',
        stdout: '*09:15:00.161 UTC Mon Mar 2 2026',
        stderr: '',
        exit_status: 0,
        failure: null,
        download_url: null,
        metadata: { host: '192.0.2.1', duration_seconds: 0.041, session_reused: true },
        parsed: null,
      },
    ],
    error: null,
  },
  task_id: null,
  device_name: '192.0.2.1',
  device: '192.0.2.1',
  driver: 'cli',
  kind: 'query',
  queue_strategy: 'pinned',
  command: ['show clock'],
  duration: 0.051,
  queue_time: 0.011,
  queue_position: null,
  attempt: 1,
  tags: ['change-4711'],
  cancel_requested: false,
}

const taskId = '6f1d20c3e9a4'

const runningTask = {
  task_id: taskId,
  command: ['make -C /srv/app all'],
  host: '192.0.2.9',
  device: '192.0.2.9',
  driver: 'ssh',
  status: 'running',
  created_at: '2026-03-02T09:15:00.120Z',
  last_sync: '2026-03-02T09:15:10.502Z',
  ended_at: null,
  push_interval: 10,
  last_offset: 2048,
  log_size: 2048,
  pid: 4711,
  exit_status: null,
  error: null,
  job_id: jobId,
  tags: [],
  connection_args: { host: '192.0.2.9', username: 'admin', password: '[redacted]' },
}

const taskLog = {
  task_id: taskId,
  status: 'running',
  result: [
    {
      command: 'make -C /srv/app all',
      stdout: 'cc -c main.c\n',
      stderr: '',
      exit_status: 0,
      failure: null,
      download_url: null,
      metadata: {
        task_id: taskId,
        is_running: true,
        pid: 4711,
        next_offset: 13,
        log_size: 13,
        completed: false,
        host: '192.0.2.9',
        duration_seconds: 0.012,
        session_reused: true,
      },
      parsed: null,
    },
  ],
}

/** The same job just after it was accepted. */
const waitingJob = {
  ...endedJob,
  status: 'queued',
  outcome: null,
  started_at: null,
  ended_at: null,
  worker: null,
  node: null,
  result: null,
  duration: null,
  queue_time: null,
  queue_position: 0,
  attempt: 0,
}

const pinnedHostKey = {
  address: '192.0.2.9:22',
  type: 'ssh-ed25519',
  fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  first_seen_at: '2026-03-02T09:15:00.120Z',
}

const apiKey = {
  id: 'k7f3a9c2e1b4',
  name: 'branch automation',
  role: 'operator',
  scopes: ['query:run', 'job:read:own'],
  devices: [{ cidr: '192.0.2.0/24' }],
  policy_allow: [],
  status: 'active',
  created_at: '2026-03-02T09:15:00.120Z',
  expires_at: '2099-12-31T23:59:59.000Z',
  rotated_at: null,
  previous_valid_until: null,
  last_used_at: null,
}

const auditEntry = {
  number: 4711,
  at: '2026-03-02T09:15:00.182Z',
  action: 'job.ended',
  actor: { id: apiKey.id, name: apiKey.name },
  source: '192.0.2.7',
  device: '192.0.2.1',
  host: '192.0.2.1',
  job: jobId,
  outcome: 'succeeded',
  details: {
    mode: 'metadata',
    kind: 'query',
    driver: 'cli',
    status: 'finished',
    error: null,
    started_at: '2026-03-02T09:15:00.131Z',
    duration: 0.051,
    attempts: 1,
    node: 'netpulse-1',
    worker: workerName,
  },
  previous: '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
  hash: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
}

const badPort = { path: 'connection_args.port', message: 'must be integer' }

const deliveryGivenUp = {
  id: '019ac1f2-7de6-7b02-9c3e-1f4a5b6c7d8e',
  job_id: jobId,
  event_type: 'job.completed',
  status: 'dead',
  target: 'https://hooks.example:443',
  timestamp: '2026-03-02T09:15:00.182Z',
  next_attempt_at: null,
  attempts: 1,
  log: [
    {
      at: '2026-03-02T09:15:00.190Z',
      duration: 0.087,
      delivered: false,
      status: 500,
      error: { code: 'WEBHOOK_REFUSED', message: 'The receiver answered with the status 500.' },
    },
  ],
}

/** The same after it was replayed. */
const pendingDelivery = {
  ...deliveryGivenUp,
  status: 'pending',
  next_attempt_at: '2026-03-02T10:00:00.000Z',
  attempts: 0,
}

/** What each operation answers, by the name of its schema or of its list. */
export const answerExamples = {
  acceptedJob: waitingJob,
  tasks: [runningTask],
  taskLog,
  killedTask: { status: 'killed', task_id: taskId },
  clearedTasks: { status: 'cleared', count: 3 },
  discovery: { discovered: 1, synced_off: 0, tasks: [runningTask] },
  job: endedJob,
  jobs: [endedJob],
  batch: {
    succeeded: [waitingJob],
    failed: [
      {
        index: 1,
        host: '192.0.2.2',
        reason: 'Device is invalid: connection_args.port: must be integer',
        code: 'INVALID_INPUT',
        errors: [badPort],
      },
    ],
  },
  connectionTest: {
    success: true,
    latency: 0.214,
    error: null,
    code: null,
    result: { device_type: 'cisco_iosxe', prompt: 'r1#', driver: 'cli', host: '192.0.2.1' },
    timestamp: '2026-03-02T09:15:00.310Z',
  },
  canceledJob: { id: jobId, status: 'canceled', cancel_requested: true },
  jobIds: [jobId],
  workers: [
    {
      name: workerName,
      status: 'idle',
      type: 'pinned',
      pid: 4711,
      hostname: 'netpulse-1',
      node: 'netpulse-1',
      device: '192.0.2.1',
      queues: ['HostQ_192.0.2.1'],
      last_heartbeat: '2026-03-02T09:15:03.000Z',
      birth_at: '2026-03-02T09:15:00.125Z',
      successful_job_count: 12,
      failed_job_count: 0,
    },
  ],
  endedWorker: { name: workerName },
  workerNames: [workerName],
  heldDevices: [
    {
      device: '192.0.2.1',
      reason: 'The outcome of job 019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4 is unknown.',
      since: '2026-03-02T09:15:00.182Z',
    },
  ],
  releasedDevice: { device: '192.0.2.1', status: 'released' },
  loginPause: {
    id: 'Zm9yIGV4YW1wbGUgb25seQ',
    scope: 'device',
    device: '192.0.2.1',
    refused_by: [],
    until: '2026-03-02T09:15:30.000Z',
  },
  health: { status: 'ok' },
  notReady: { status: 'unavailable' },
  metrics: '# HELP netpulse_jobs Jobs that are kept.\n# TYPE netpulse_jobs gauge\nnetpulse_jobs{status="queued"} 3\n',
  systemStats: {
    status: 'online',
    workers: { total: 4, pinned: 2, fifo: 1, node: 1, idle: 3, busy: 1 },
    jobs: { succeeded: 1204, failed: 3, in_progress: 1, queued: 7, total: 1215 },
    nodes: { active: 1, total_capacity: 5000 },
    self_healing: { total_triggers: 0 },
    devices: { held: 0 },
    uptime_seconds: 86_400.25,
  },
  credentialTest: {
    success: true,
    provider: 'vault',
    fields: ['password', 'username'],
    options: ['username', 'password'],
    error: null,
    code: null,
  },
  hostKeys: [pinnedHostKey],
  pinnedHostKey,
  forgottenHostKey: { address: pinnedHostKey.address },
  apiKeys: [apiKey],
  apiKey,
  newApiKey: { ...apiKey, key: 'np_k7f3a9c2e1b4_shown-this-once-and-kept-nowhere' },
  auditEntries: [auditEntry],
  auditHead: { number: auditEntry.number, hash: auditEntry.hash },
  revokedKey: { id: apiKey.id, status: 'revoked' },
  delivery: pendingDelivery,
  deliveries: [deliveryGivenUp],
} as const

/** What a request with something wrong is answered, by HTTP status. */
export const errorExamples = {
  400: { detail: "'host' in connection_args is required.", code: 'HOST_REQUIRED' },
  403: { detail: 'Invalid or missing API key.', code: 'INVALID_API_KEY' },
  404: { detail: `Job ${jobId} not found`, code: 'JOB_NOT_FOUND' },
  408: { detail: 'The body stopped coming.', code: 'UPLOAD_STALLED' },
  409: { detail: `Job ${jobId} has ended and can no longer be canceled.`, code: 'JOB_ALREADY_ENDED' },
  413: { detail: 'The body is too large.', code: 'BODY_TOO_LARGE' },
  415: {
    detail: 'Send JSON, with the header `content-type: application/json`.',
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  416: { detail: 'The range lies behind the end of the file.', code: 'RANGE_NOT_SATISFIABLE' },
  422: {
    detail: 'Request is invalid: connection_args.port: must be integer',
    code: 'INVALID_INPUT',
    errors: [badPort],
  },
  429: { detail: 'Too many jobs wait for device 192.0.2.1.', code: 'QUEUE_FULL' },
  500: { detail: 'Internal error.', code: 'INTERNAL' },
  424: { detail: 'The device 192.0.2.9 refused the login.', code: 'AUTH_FAILED' },
  504: { detail: '192.0.2.9 did not answer within 5 s.', code: 'TASK_TIMEOUT' },
  503: { detail: 'No node has room for device 192.0.2.1.', code: 'NO_WORKER' },
} as const
