# Completion of rackbench for fish. Once: rackbench completion fish > ~/.config/fish/completions/rackbench.fish
function __rackbench_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l kept (string match -r -- '^(?:--[^=]*=|@)' "$current")
  set -l path (string replace -r -- '^(?:--[^=]*=|@)' '' "$current")
  for line in (rackbench --get-yargs-completions $words[2..-1] "$current" 2>/dev/null)
    switch $line
      case ':files'
        for found in (__fish_complete_path "$path")
          echo "$kept$found"
        end
      case ':directories'
        __fish_complete_directories "$path" ''
      case '*'
        echo $line
    end
  end
end
complete -c rackbench -f -a '(__rackbench_complete)'
