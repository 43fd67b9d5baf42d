# Completion of rackbench for bash. In ~/.bashrc: source <(rackbench completion bash)
#
# What rackbench says is data: nothing of it is evaluated.
_rackbench() {
  local typed=${COMP_LINE:0:COMP_POINT} known=${COMP_WORDS[COMP_CWORD]} current path kept='' line
  local -a words=() answer=()
  COMPREPLY=()
  read -ra words <<<"$typed"
  [[ $typed == *[[:blank:]] ]] && words+=('')
  # Variables that are set for the command stand before its name.
  while [[ ${words[0]} == *=* ]]; do words=("${words[@]:1}"); done
  (( ${#words[@]} > 1 )) || return 0
  current=${words[-1]}
  # Readline replaces only what comes behind the last = or : of a word, and what comes behind an @ together with it.
  [[ $known == [=:] ]] && known=''
  [[ $current == *"$known" ]] && kept=${current%"$known"} && kept=${kept%@}
  path=$current
  [[ $path == --*=* ]] && path=${path#*=}
  [[ $path == @* ]] && path=${path#@}
  mapfile -t answer < <(rackbench --get-yargs-completions "${words[@]:1}" 2>/dev/null)
  for line in "${answer[@]}"; do
    case $line in
      :files) _rackbench_paths -f ;;
      :directories) _rackbench_paths -d ;;
      *) line=${line%%$'\t'*}; COMPREPLY+=("${line#"$kept"}") ;;
    esac
  done
}
_rackbench_paths() {
  local found prefix=${current%"$path"}
  # Of names with an @ before them readline would make names with a backslash.
  [[ $prefix == @ ]] || compopt -o filenames 2>/dev/null
  while IFS= read -r found; do
    if [[ $prefix == @ ]]; then
      [[ -d $found ]] && found+=/ && compopt -o nospace 2>/dev/null
      printf -v found %q "$found"
    fi
    found=$prefix$found
    COMPREPLY+=("${found#"$kept"}")
  done < <(compgen "$1" -- "$path")
}
complete -F _rackbench rackbench
