#!/usr/bin/env bash
# A git worktree that is ready for an experiment: it shares the DVC cache, has the data, and its
# databases may be written to. When a step fails, the worktree and the branch are taken away again.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: setup_worktree.sh [OPTIONS] BRANCH
       setup_worktree.sh [OPTIONS] --detach REVISION

Make a git worktree for one experiment, on a new branch, or detached at a tag or commit.

  --base REVISION  where the new branch begins (default: HEAD)
  --path FOLDER    where the worktree goes (default: beside the repository, REPOSITORY-BRANCH)
  --detach         make no branch: look at REVISION only
  --json           print one JSON object instead of text
  -h, --help       show this

Data comes from the DVC cache that all worktrees share, and what is missing there from the DVC
remote. Databases (.db, .sqlite, .sqlite3, .duckdb, .rows) become copies of their own, so that
nothing is written into the cache.

Exit codes: 0 done, 1 failed and nothing left behind, 2 wrong usage.
HELP
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "Error: $*"; exit 1; }
misused() { say "Error: $* See: setup_worktree.sh --help"; exit 2; }

json_text() { # a text as JSON
    local text=$1
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/\\n}
    text=${text//$'\t'/\\t}
    printf '"%s"' "$text"
}

base='' folder='' name='' detach='' json=''
while (($#)); do
    case $1 in
        --base | --path)
            (($# > 1)) || misused "$1 needs a value."
            if [[ $1 == --base ]]; then base=$2; else folder=$2; fi
            shift
            ;;
        --detach) detach=yes ;;
        --json) json=yes ;;
        -h | --help) usage; exit 0 ;;
        -*) misused "There is no option $1." ;;
        *)
            [[ -z $name ]] || misused "One name is enough, not also '$1'."
            name=$1
            ;;
    esac
    shift
done
[[ -n $name ]] || misused 'Which branch?'
[[ -z $detach || -z $base ]] || misused '--detach takes its REVISION itself, without --base.'

command -v git >/dev/null || fail 'git was not found. Install it: https://git-scm.com/downloads'
root=$(git rev-parse --show-toplevel 2>/dev/null) ||
    fail "$PWD is in no git repository. Go to yours, or type: git init"

start=${base:-HEAD}
[[ -z $detach ]] || start=$name
commit=$(git -C "$root" rev-parse --verify --quiet --end-of-options "$start^{commit}") || {
    [[ $start != HEAD ]] || fail 'The repository has no commit yet. Type: git commit'
    fail "There is no revision '$start'. See those there are: git tag; git branch --all"
}
if [[ -z $detach ]]; then
    git check-ref-format --branch "$name" >/dev/null 2>&1 || fail "'$name' is no name for a branch."
    ! git -C "$root" show-ref --verify --quiet "refs/heads/$name" ||
        fail "The branch '$name' is there already. Choose another name, or: git branch -d '$name'"
fi
# A monorepository may keep DVC elsewhere; what it has there is its own affair.
with_dvc=''
if git -C "$root" cat-file -e "$commit:.dvc/config" 2>/dev/null; then
    with_dvc=yes
    command -v dvc >/dev/null || fail 'dvc was not found, which this repository uses. Type: pip install dvc'
fi

folder=${folder:-$(dirname "$root")/$(basename "$root")-${name//\//-}}
[[ $folder == /* ]] || folder=$PWD/$folder
[[ ! -e $folder && ! -L $folder ]] || fail "'$folder' is there already. Choose another: --path FOLDER"

log=$(mktemp "${TMPDIR:-/tmp}/setup_worktree.XXXXXX")
worktree='' branch='' made=''
outermost=$(dirname "$folder")
[[ -e $outermost ]] || made=yes
while [[ $made && ! -e $(dirname "$outermost") ]]; do outermost=$(dirname "$outermost"); done

undo() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    rm -f "$log"
    if ((code)); then
        [[ -z $worktree ]] || git -C "$root" worktree remove --force --force "$folder" 2>/dev/null ||
            { rm -rf "$folder"; git -C "$root" worktree prune; }
        [[ -z $branch ]] || git -C "$root" branch --quiet -D "$name" 2>/dev/null || true
        [[ -z $made || ! -d $outermost ]] || find "$outermost" -depth -type d -empty -delete
        say 'Nothing was left behind.'
    fi
    exit "$code"
}
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

quietly() { # run a command; when it fails, show what it said
    "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

# Made here first: of two that run at once, one stops now, and leaves alone what the other makes.
mkdir -p "$(dirname "$folder")"
mkdir "$folder" || fail "'$folder' could not be made. Choose another: --path FOLDER"
worktree=yes
if [[ $detach ]]; then
    quietly git -C "$root" worktree add --detach "$folder" "$commit" || fail 'git made no worktree, see above.'
else
    branch=yes
    quietly git -C "$root" worktree add --no-track -b "$name" "$folder" "$commit" ||
        fail 'git made no worktree, see above.'
fi
folder=$(cd "$folder" && pwd -P)

cache=''
if [[ $with_dvc ]]; then
    # Asked in the repository, because a relative path means another place in the worktree.
    cache=$(cd "$root" && dvc cache dir 2>"$log") || { cat "$log" >&2; fail 'dvc told no cache, see above.'; }
    [[ ! -f $root/.dvc/config.local ]] || cp -p "$root/.dvc/config.local" "$folder/.dvc/config.local"
    cd "$folder"
    quietly dvc cache dir --local "$cache" || fail 'dvc took no cache, see above.'
    if ! dvc checkout --quiet >"$log" 2>&1; then
        # Not in the cache: another machine made it. A remote may have it.
        [[ -n $(dvc remote list 2>/dev/null) ]] || {
            cat "$log" >&2
            fail "The cache lacks data of $start, which knows no remote. Type in $root, or where the data are: dvc fetch --all-commits"
        }
        quietly dvc pull --quiet || fail 'The remote lacks data, see above. Where they are, type: dvc push'
    fi
    # What DVC links into its cache must not be written to, and databases will be.
    while IFS= read -r -d '' one; do
        cp -pL "$one" "$one.own" && mv -f "$one.own" "$one" && chmod u+w "$one"
    done < <(find . \( -name .git -o -name .dvc \) -prune -o \
        \( -name '*.db' -o -name '*.sqlite' -o -name '*.sqlite3' -o -name '*.duckdb' -o -name '*.rows' \) \
        \( -type l -o -type f \( -links +1 -o ! -perm -u+w \) \) -print0)
fi

if [[ $json ]]; then
    printf '{"worktree": %s, "branch": %s, "commit": "%s", "cache": %s}\n' "$(json_text "$folder")" \
        "$([[ $branch ]] && json_text "$name" || printf null)" "$commit" \
        "$([[ $cache ]] && json_text "$cache" || printf null)"
else
    printf 'Made %s at %s%s.\n' "$folder" "${commit:0:12}" "${branch:+ on the branch $name}"
    [[ -z $cache ]] || printf 'It shares the DVC cache %s.\n' "$cache"
    printf 'Next: cd %q\n' "$folder"
fi
