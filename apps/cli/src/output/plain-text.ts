/** Everything that moves the cursor, colours or renames a terminal; line breaks and tabs may stay. */
const control =
  /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text of a device or a server as a terminal may show it: it must not be able to steer the terminal. */
export const plain = (text: string): string => text.replace(/\r\n/g, '\n').replace(control, '')

/** On one line. */
export const oneLine = (text: string): string => plain(text).replace(/\s+/g, ' ').trim()
