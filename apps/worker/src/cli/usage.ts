export const usage = `netpulse-worker: runs the jobs of NetPulse servers that share a Redis

  netpulse-worker --redis URL [--config FILE] [--mode MODE] [--processes N] [--concurrency N] [--capacity N]
                  [--store FOLDER] [--keyring FILE] [--health-host ADDRESS] [--health-port PORT] [--log-level LEVEL]

  --config FILE        settings in YAML, the same file as that of the servers; also NETPULSE_CONFIG_FILE
  --redis URL          redis://host:6379, or rediss:// for TLS
  --mode MODE          all, node (devices whose connections stay open) or fifo (jobs with a connection of their own) (all)
  --processes N        processes (one per core)
  --concurrency N      jobs at once with a connection of their own, in all processes (50)
  --capacity N         devices whose connections may stay open, in all processes (5000)
  --store FOLDER       names the nodes of this worker; one worker per folder (.netpulse)
  --keyring FILE       keys that open the secrets in jobs: the same file as that of the servers (keyring.json in the store)
  --health-host ADDRESS, --health-port PORT
                       answer probes on /health/live and /health/ready (127.0.0.1, no port)
  --log-level LEVEL    trace debug info warn error silent (info); log lines go to stderr

SIGTERM or SIGINT ends it after running jobs have ended, within worker.drain_timeout; a second one ends it at once.
Each setting can also come from the environment: NETPULSE_REDIS__URL, NETPULSE_WORKER__CAPACITY, ...
Flags win over the environment, the environment over the file. All settings: see the README of @netpulse/server.
`
