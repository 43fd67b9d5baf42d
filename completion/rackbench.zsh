#compdef rackbench
# Completion of rackbench for zsh. In ~/.zshrc: source <(rackbench completion zsh)
_rackbench() {
  local line word
  local -a answer found
  answer=("${(@f)$(rackbench --get-yargs-completions "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)answer}"; do
    [[ -n $line && $line != :* ]] || continue
    word=${${line%%$'\t'*}//:/\\:}
    if [[ $line == *$'\t'* ]]; then found+=("$word:${line#*$'\t'}"); else found+=("$word"); fi
  done
  (( $#found )) && _describe rackbench found
  [[ ${answer[-1]} == :* ]] || return 0
  compset -P '--*=' || compset -P '@'
  if [[ ${answer[-1]} == :directories ]]; then _files -/; else _files; fi
}
if [[ ${funcstack[1]} == _rackbench ]]; then
  _rackbench "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _rackbench rackbench
fi
