export const usage = `netpulse-server: the NetPulse HTTP API, with its workers in one process or on Redis with others

  netpulse-server [--config FILE] [--host ADDRESS] [--port PORT] [--store FOLDER]
                  [--redis URL] [--demo [COUNT]] [--embedded] [--log-level LEVEL]
  netpulse-server keys list | revoke ID | rotate ID [--overlap SECONDS]   [--store FOLDER] [--redis URL]
  netpulse-server keys add --name NAME --role ROLE [--expires MOMENT] [--scopes LIST] [--devices LIST]

  --config FILE      settings in YAML; also NETPULSE_CONFIG_FILE
  --host ADDRESS     address to listen on (127.0.0.1)
  --port PORT        TCP port, 0 for a free one (9000)
  --store FOLDER     where jobs, host keys and API keys are kept (.netpulse); memory: keeps nothing
  --redis URL        share jobs, keys and workers with others: redis://host:6379; workers are netpulse-worker
  --demo [COUNT]     also start simulated devices (3), with an API key for them
  --embedded         workers in this process; the default without --redis, and refused with it
  --role ROLE        viewer, operator or admin
  --expires MOMENT   the key is refused from then on: 2027-01-31
  --scopes LIST      instead of the role's: query:run,job:read:own
  --devices LIST     the only devices that the key reaches: cidr=10.0.0.0/8,site=dc1;host=core-*
  --overlap SECONDS  how long the secret before keys rotate is taken too (0)
  --log-level LEVEL  trace debug info warn error silent (info); log lines go to stderr

Each setting can also come from the environment: NETPULSE_SERVER__PORT, NETPULSE_WORKER__CAPACITY, ...
Flags win over the environment, the environment over the file. All settings: see the README of @netpulse/server.
`
