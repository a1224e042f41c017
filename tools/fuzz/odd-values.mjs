/** Texts that break what was not thought through: signs, lengths, paths, patterns, numbers in disguise. */
export const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u0001\u001b[31m\u007f\u009b',
  'one\r\ntwo\rthree\u2028four\u2029five\u0085six',
  '\ud800',
  'x\udfffy',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u202ertl\u202c',
  'e\u0301\ufeff\u200b',
  'İıſK',
  '٣٤',
  '../../../../etc/passwd',
  '..\\..\\windows',
  '/etc/shadow',
  '%2e%2e%2f%00',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::1]:22/',
  'gopher://127.0.0.1:6379/_FLUSHALL',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$where',
  '{{7*7}}${7*7}<%= 7*7 %>',
  "' OR 1=1; DROP TABLE job; --",
  '^(.+)+\u0001$',
  '(a*)*b',
  '[',
  '(?<x',
  '*',
  '-1',
  '1e309',
  '0x10',
  'NaN',
  'null',
  'true',
  '2026-13-45T99:99:99Z',
  '9999-12-31T23:59:59.999Z',
  '2026-03-02 10:00:00+99:99',
  'A'.repeat(256),
  'é'.repeat(2_000),
  '\n'.repeat(5_000),
  'B'.repeat(70_000),
]

/** Numbers at the edges of what a machine holds. */
export const oddNumbers = [
  0,
  -0,
  -1,
  1.5,
  0.1,
  1e-7,
  255,
  65_535,
  65_536,
  86_401,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
]

/** A value that nests as deep as is said. */
export function nested(depth) {
  let value = 'x'
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { a: value }
  return value
}

/** A value of any type, mostly a wrong one. */
export function oddValue(random) {
  const makers = [
    () => null,
    () => random.pick([true, false]),
    () => random.pick(oddNumbers),
    () => random.pick(oddTexts),
    () => [],
    () => ({}),
    () => [random.pick(oddTexts), random.pick(oddNumbers), null],
    () => ({ [random.pick(oddTexts) || 'x']: random.pick(oddTexts) }),
    () => nested(random.pick([5, 90, 99, 101, 300])),
    () => Array.from({ length: random.pick([51, 101, 2_000]) }, () => random.pick([0, '', 'x', null])),
  ]
  return random.pick(makers)()
}
