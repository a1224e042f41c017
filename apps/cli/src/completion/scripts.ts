import type { CommandWords } from './words.js'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What comes behind a command: the commands below it, else its flags. */
const nextWords = ({ commands, flags }: CommandWords): string =>
  (commands.length > 0 ? commands.map(({ name }) => name) : flags).join(' ')

/** A command and those below it, each by the words that lead to it: `keys`, `keys create`. */
const withPaths = (commands: readonly CommandWords[], before = ''): readonly (readonly [string, CommandWords])[] =>
  commands.flatMap((command) => {
    const path = `${before}${command.name}`
    return [[path, command] as const, ...withPaths(command.commands, `${path} `)]
  })

function bash(commands: readonly CommandWords[]): string {
  const all = withPaths(commands)
  const paths = all.map(([path]) => quoted(path)).join('|')
  const cases = all.map(([path, command]) => `    ${quoted(path)}) words=${quoted(nextWords(command))} ;;`)
  return `# netpulse completion bash: put  eval "$(netpulse completion bash)"  into ~/.bashrc
_netpulse() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case \${command:+$command }$word in ${paths}) command=\${command:+$command }$word ;; esac
  done
  case $command in
    '') words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ $current != -* && -n $command ]] && COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _netpulse netpulse
`
}

const zshWords = ({ commands, flags }: CommandWords, place: number): string => {
  if (commands.length === 0) return `compadd -- ${flags.join(' ')}; _files`
  const cases = commands.map((command) => `${command.name}) ${zshWords(command, place + 1)} ;;`)
  const names = commands.map(({ name }) => name).join(' ')
  return `if (( CURRENT == ${place} )); then compadd -- ${names}; else case $words[${place}] in ${cases.join(' ')} esac; fi`
}

function zsh(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`)
  const cases = commands.map((command) => `    ${command.name}) ${zshWords(command, 3)} ;;`)
  return `#compdef netpulse
# netpulse completion zsh: put  eval "$(netpulse completion zsh)"  into ~/.zshrc, after compinit
_netpulse() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _netpulse netpulse
`
}

/** Lines for the commands at one place; `seen` is what has to be typed before. */
function fishLines(commands: readonly CommandWords[], seen: string): readonly string[] {
  const names = commands.map(({ name }) => name).join(' ')
  const here = `${seen}not __fish_seen_subcommand_from ${names}`
  return commands.flatMap(({ name, summary, flags, commands: below }) => {
    const behind = `${seen}__fish_seen_subcommand_from ${name}`
    return [
      `complete -c netpulse -f -n '${here}' -a ${name} -d ${quoted(summary)}`,
      ...(below.length > 0
        ? fishLines(below, `${behind}; and `)
        : flags.map((flag) => `complete -c netpulse -n '${behind}' -l ${flag.slice(2)}`)),
    ]
  })
}

function fish(commands: readonly CommandWords[]): string {
  return `# netpulse completion fish: netpulse completion fish > ~/.config/fish/completions/netpulse.fish
${fishLines(commands, '').join('\n')}
`
}

/** Shells that are known, with what each reads. */
export const completionScripts: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash,
  zsh,
  fish,
}
