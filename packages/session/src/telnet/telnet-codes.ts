/** Telnet commands (RFC 854). */
export const telnetCommand = { SE: 240, SB: 250, WILL: 251, WONT: 252, DO: 253, DONT: 254, IAC: 255 } as const

/** Telnet options: RFC 857, RFC 858, RFC 1091, RFC 1073. */
export const telnetOption = { ECHO: 1, SUPPRESS_GO_AHEAD: 3, TERMINAL_TYPE: 24, WINDOW_SIZE: 31 } as const
