
# The ids of runs, where a command takes one: behind its database, or behind --track-id.
_xt_with_runs() {
  local db="$XETRACK_DB" place=3 last=3
  if [[ -e "${words[3]}" || "${words[3]}" == *://* ]]; then
    db="${words[3]}" place=4 last=4
  fi
  [[ "${words[2]}" == compare ]] && last=$CURRENT
  if [[ -n "$db" && "${words[CURRENT]}" != -* ]]; then
    case "${words[2]}" in
      show | compare | tag | note | delete | reproduce) ;;
      *) place=$((CURRENT + 1)) ;;
    esac
    if [[ "${words[CURRENT - 1]}" == --track-id ]] || ((place <= CURRENT && CURRENT <= last)); then
      local -a runs
      runs=(${(f)"$(xt ls "$db" track_id --unique 2>/dev/null)"})
      compadd -a runs && return
    fi
  fi
  _cyclopts_xt
}

compdef _xt_with_runs xt
