/** A port of 127.0.0.1 on which nobody listens now, for programs that cannot choose one themselves. */
export function freePort(): Promise<number>
