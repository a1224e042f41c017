import type { CommandWords } from './words.js'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, flags }) => `    ${name}) words=${quoted(flags.join(' '))} ;;`)
  return `# netpulse completion bash: put  eval "$(netpulse completion bash)"  into ~/.bashrc
_netpulse() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commands.map(({ name }) => name).join('|')}) command=$word; break ;; esac
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

function zsh(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`)
  const cases = commands.map(({ name, flags }) => `    ${name}) compadd -- ${flags.join(' ')}; _files ;;`)
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

function fish(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const ofProgram = commands.map(
    ({ name, summary }) =>
      `complete -c netpulse -f -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}`,
  )
  const ofCommands = commands.flatMap(({ name, flags }) =>
    flags.map((word) => {
      const offered = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c netpulse -n '__fish_seen_subcommand_from ${name}' ${offered}`
    }),
  )
  return `# netpulse completion fish: netpulse completion fish > ~/.config/fish/completions/netpulse.fish
${[...ofProgram, ...ofCommands].join('\n')}
`
}

/** Shells that are known, with what each reads. */
export const completionScripts: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash,
  zsh,
  fish,
}
