/** Pages that most platforms know: IOS `--More--`, Junos `---(more)---`, Huawei `---- More ----`, `<--- More --->`. */
export const commonPagers: readonly { readonly pattern: string; readonly answer: string }[] = [
  { pattern: '(?i)[-<][- (]*more[^\\n]{0,40}[-)>]', answer: ' ' },
  { pattern: '(?i)(?:press|hit) (?:any key|space|<space>|enter)[^\\n]{0,60}', answer: ' ' },
]

/**
 * Commands that most platforms have and that nobody means to send with the rest: they restart the device or wipe it.
 * @see Cisco IOS configuration fundamentals command reference; Junos `request system`; Huawei VRP `reboot`
 */
export const commonDenied: readonly string[] = [
  'rel[oad]',
  'reb[oot]',
  'er[ase]',
  'fo[rmat]',
  'wr[ite] er[ase]',
  'fact[ory-reset]',
  'poweroff',
  'halt',
  'req[uest] sys[tem] zero[ize]',
  'req[uest] sys[tem] reb[oot]',
]

/** Words that hand a command on in the configuration modes of most platforms. */
export const commonCommandPrefixes: readonly string[] = ['do', 'run']

/** What only reads on most platforms. */
export const commonShowPrefixes: readonly string[] = ['sh[ow]', 'disp[lay]', 'pi[ng]', 'traceroute', 'dir']

/** Filters that only read. `no-more` and `display` are Junos', `begin` to `section` IOS', the rest Unix'. */
export const commonShowFilters: readonly string[] = [
  'include',
  'exclude',
  'begin',
  'section',
  'count',
  'match',
  'except',
  'find',
  'last',
  'trim',
  'display',
  'no-more',
  'nomore',
  'grep',
  'egrep',
  'head',
  'json',
  'xml',
]

/**
 * A second command or a file: `;` separates commands on NX-OS, RouterOS and shells, `&` on shells, `>` redirects on NX-OS, EOS and
 * shells. A filter with one of them in its pattern is taken for a change too, which costs it its place in parallel only.
 */
export const commonShowExcludes: readonly string[] = [';', '>', '`', '\\$\\(', '&']

/**
 * Refusals of IOS and the many that speak like it.
 * @see IOS configuration fundamentals guide, "Using the command-line interface"
 */
export const commonLogin = {
  username: '(?i)(?<!last )(?:user ?name|login|user)(?: name)? ?:',
  password: '(?i)pass(?:word|code)[^\\n:]{0,40}:',
  refused:
    '(?i)(?:login|authentication|password|access|permission)[^\\n]{0,20}(?:incorrect|invalid|fail|denied|rejected)|bad (?:passwords|secrets)|invalid (?:login|password|user)',
} as const
