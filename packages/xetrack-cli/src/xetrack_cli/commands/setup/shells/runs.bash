
# The ids of runs, where a command takes one: behind its database, or behind --track-id.
_xt_with_runs() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}"
  local db="${XETRACK_DB:-}" first=2 last=2
  if [[ -e "${COMP_WORDS[2]:-}" || "${COMP_WORDS[2]:-}" == *://* ]]; then
    db="${COMP_WORDS[2]}" first=3 last=3
  fi
  [[ "${COMP_WORDS[1]}" == compare ]] && last=$COMP_CWORD
  _xt
  if [[ -z "$db" || "$cur" == -* ]]; then
    return
  fi
  case "${COMP_WORDS[1]}" in
    show | compare | tag | note | delete | reproduce) ;;
    *) first=$((COMP_CWORD + 1)) ;;
  esac
  if [[ "$prev" == --track-id ]] || ((first <= COMP_CWORD && COMP_CWORD <= last)); then
    local run
    while IFS= read -r run; do
      [[ "$run" == "$cur"* ]] && COMPREPLY+=("$run")
    done < <(xt ls "$db" track_id --unique 2>/dev/null)
  fi
}

complete -F _xt_with_runs xt
