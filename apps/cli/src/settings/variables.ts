/** Variables of the environment that `netpulse` reads, with what each is for. Flags win over them, they win over profiles. */
export const cliVariables: Readonly<Record<string, string>> = {
  NETPULSE_URL: 'Server. Default: `http://127.0.0.1:9000`.',
  NETPULSE_API_KEY: 'Secret. API key; wins over `NETPULSE_API_KEY_FILE`.',
  NETPULSE_API_KEY_FILE: 'File that holds the API key and nothing else. One that others may read is refused.',
  NETPULSE_PROFILE: 'Which profile of the configuration file to use.',
  NETPULSE_CLI_CONFIG:
    'The configuration file. Default: `netpulse/config.yaml` in `XDG_CONFIG_HOME`, else in `~/.config`.',
  NETPULSE_DEVICE_USERNAME: 'User on the devices, where neither target nor file of devices names one.',
  NETPULSE_DEVICE_PASSWORD: 'Secret. Password on the devices. A file of devices wins, for its devices.',
  NETPULSE_DEVICE_SECRET: 'Secret. Secret for the privileged mode (`enable`).',
}
