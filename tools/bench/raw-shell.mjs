import { once } from 'node:events'
import ssh2 from 'ssh2'

/** A bare ssh2 shell on a device: what the device and the SSH library take without NetPulse. */
export async function openRawShell({ host, port, username, password }) {
  const client = new ssh2.Client()
  client.connect({ host, port, username, password })
  await once(client, 'ready')
  client._sock?.setNoDelay(true)
  const shell = await new Promise((resolve, reject) =>
    client.shell({ term: 'vt100', cols: 511 }, (error, stream) => (error ? reject(error) : resolve(stream))),
  )
  let text = ''
  let waiting
  shell.on('data', (chunk) => {
    text += chunk
    if (/[>#]\s?$/.test(text)) waiting?.()
  })
  const prompt = () => new Promise((resolve) => (waiting = resolve))
  if (!/[>#]\s?$/.test(text)) await prompt()
  return {
    async send(command) {
      text = ''
      const answered = prompt()
      shell.write(`${command}\n`)
      await answered
    },
    close: () => client.end(),
  }
}
