/** What the text for agents has to know of the server that gives it. */
export interface LlmsTextOptions {
  /** Header of the API key. */
  readonly apiKeyHeader: string
  /** Path below which the API stands; empty for none. */
  readonly prefix: string
  /** Lines of the list of links, as `- [name](url): what it is`. */
  readonly links: readonly string[]
}

/** Links to what each server has itself. */
export const ownLinks = (prefix: string): readonly string[] => [
  `- [OpenAPI 3.1 document](${prefix}/openapi.json): every operation, field, limit and answer, with examples; the fields of each driver are in \`components.schemas\``,
  `- [Documentation page](${prefix}/docs): the same to browse and try`,
]

/**
 * How to use the API, for agents: short, with what a client gets wrong without being told.
 * @see https://llmstxt.org for the format
 */
export function llmsText({ apiKeyHeader, prefix, links }: LlmsTextOptions): string {
  return `# NetPulse

> HTTP API that runs commands and applies configuration on network devices and Linux servers. Each request becomes a job: read it, wait for it, follow it or cancel it by its \`id\`. Bodies and answers are JSON.

- Key: send it as \`${apiKeyHeader}: KEY\` or \`Authorization: Bearer KEY\`, never in a URL. A wrong key is 403 \`INVALID_API_KEY\`, one that may not do this is 403 \`ROLE_TOO_LOW\`.
- Read from a device: \`POST ${prefix}/device/exec?wait=30\` with \`driver\`, \`connection_args\` and \`command\` (a text or a list). For \`cli\`, \`connection_args\` has \`device_type\` (\`cisco_iosxe\`, \`juniper_junos\`, \`arista_eos\`, ...), \`host\`, \`username\`, \`password\`.
- Change a device: the same with \`config\` (a list of lines) instead of \`command\`. \`dry_run\` shows the difference and discards it, where the platform has a candidate; \`save\` saves after the whole push was accepted. The push stops at the first line that is refused.
- Many devices: \`POST ${prefix}/device/bulk\` with \`devices\`, a list of \`connection_args\`. The answer has the jobs in \`succeeded\` and refused entries in \`failed\`. Try a login: \`POST ${prefix}/device/test\`.
- No secret in the request: \`credential\` names one by \`ref\`, with \`name\` for the provider.
- Wait: \`wait\` takes up to 60 seconds. When the job has not ended by then, go on with \`GET ${prefix}/jobs/{id}?wait=60\`. It has ended when \`ended_at\` is not null. It can be read for \`result_ttl\` seconds after that, 300 unless asked otherwise.
- Judge a job by \`outcome\`, not by the HTTP status: 201 says that it was accepted. \`succeeded\`: all was accepted. \`refused\`: the device refused a command, see \`failure\` of each entry of \`result.retval\`. \`failed\` and \`rolled_back\`: nothing was changed, see \`result.error\`. \`partial\` and \`unknown\`: something is or may be in force; look at the device, do not send the change again.
- Answer of the device: \`stdout\` of each entry of \`result.retval\`, in the order of the request.
- Repeat safely: send a header \`Idempotency-Key\` with a new text for each new request. The same key with the same body answers with the same job; with another body it is 409 \`IDEMPOTENCY_CONFLICT\`.
- Errors: \`detail\` is a sentence, \`code\` is stable, \`errors\` has \`path\` and \`message\` of each wrong field. Unknown fields are refused with the nearest right one: correct them, do not repeat. Wait \`Retry-After\` seconds after 429 and 503.
- Streams: \`GET ${prefix}/jobs/{id}/events\` (one job, ends with it) and \`GET ${prefix}/events\` (all) are server-sent events \`queued\`, \`started\`, \`output\`, \`line\`, \`ended\`. Resume with the header \`Last-Event-ID\`.
- Find and cancel: \`GET ${prefix}/jobs?status=queued,started&tag=WORD&limit=100\`; the next page is in the header \`X-Next-Cursor\`. \`DELETE ${prefix}/jobs/{id}\` cancels, also while it runs; 409 when it has ended.
- Files: \`file_transfer\` with \`operation\` \`upload\` or \`download\`, for drivers that copy files. \`POST ${prefix}/storage/files\` takes a file and answers with the \`staged_file_id\` to name; a file that was fetched is at \`download_url\` of its result.
- Work that goes on without you: \`detach\`, for drivers that can. The job ends with a \`task_id\`; read its log with \`GET ${prefix}/detached-tasks/{task_id}?offset=0\`, going on at the \`next_offset\` of the answer.
- \`DEVICE_PAUSED\` and \`CREDENTIAL_PAUSED\`: too many logins have failed. Do not repeat; correct the password, or see \`GET ${prefix}/logins/pauses\`.
- Who did what: \`GET ${prefix}/audit\`, for admins.
- Order: changes of one device run one after the other, as they were accepted. Do not wait for one before you send the next. After \`unknown\` later changes of the device wait until \`DELETE ${prefix}/devices/{id}/hold\`.

Body of a query:

\`\`\`json
{"driver": "cli", "connection_args": {"device_type": "cisco_iosxe", "host": "192.0.2.1", "username": "admin", "password": "..."}, "command": ["show version", "show ip interface brief"]}
\`\`\`

Body of a change, with the login by reference:

\`\`\`json
{"driver": "cli", "connection_args": {"device_type": "juniper_junos", "host": "192.0.2.2"}, "credential": {"name": "core", "ref": "network/core"}, "config": ["set system ntp server 192.0.2.123"], "dry_run": true}
\`\`\`

## Reference

${links.join('\n')}
`
}
