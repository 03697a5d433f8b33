#!/usr/bin/env bash
# pages.sh: manual page and completion have every command, option, parameter, family and preset, and bash completes with them.
set -euo pipefail
glibrl=$GLIBRL_BUILD/glibrl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { echo "$*"; failed=1; }

for page in man bash zsh; do "$glibrl" pages $page >"$dir/$page"; done
sed 's/\\-/-/g' "$dir/man" >"$dir/man.plain"

# ---- nothing is missing ----
has() {   # PAGE TEXT WHAT
  grep -qF -- "$2" "$dir/$1" || fail "$1: no $3"
}
commands=$("$glibrl" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 10 ] || fail "commands: $commands"
for command in $commands; do
  has man.plain ".SS \"glibrl $command\"" "command $command"
  has bash "    $command:*)" "command $command"
  has zsh "    $command)" "command $command"
  options=$("$glibrl" "$command" --help | sed -nE '/^Options:/,/^$/s/^  (-. *, )?--([a-z-]+).*/\2/p')
  grep -q help <<<"$options" || fail "$command: options are $options"
  sed -n "/^\.SS \"glibrl $command\"/,/^\.S[SH] /p" "$dir/man.plain" >"$dir/man.part" || true
  sed -n "/^    $command:\*)/,/;;/p" "$dir/bash" >"$dir/bash.part"
  sed -n "/^    $command)/,/;;/p" "$dir/zsh" >"$dir/zsh.part"
  for option in $options; do
    has man.part "--$option\\fR" "--$option of $command"
    has bash.part "--$option" "--$option of $command"
    has zsh.part "--$option" "--$option of $command"
  done
done
for key in $("$glibrl" params --markdown | sed -nE 's/^\| `([a-z_]+\.[a-z_]+)` .*/\1/p'); do
  has man.plain "\\fB$key\\fR" "parameter $key"
  has bash "$key=" "parameter $key"
  has zsh " $key" "parameter $key"
done
for name in $("$glibrl" params --markdown | sed -nE 's/^\| `([a-z0-9-]+)` .*/\1/p'); do
  has man.plain "\\fB$name\\fR" "family or preset $name"
  has bash "$name" "family or preset $name"
  has zsh "$name" "family or preset $name"
done
"$glibrl" pages >/dev/null 2>&1 && fail "pages without a word is fine"
said=$("$glibrl" pages fish 2>&1) && fail "pages fish is fine"
grep -q 'not fish' <<<"$said" || fail "pages fish: $said"

# ---- bash completes ----
bash -n "$dir/bash" || fail "bash cannot read its page"
cd "$dir" && mkdir runs && touch my.ini
complete() {   # EXPECTED WORD...: the last word is the one to complete; EXPECTED: all that is offered, or "*word" for one among them
  local expected=$1 offered
  shift
  offered=$(bash -c 'source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _glibrl; echo "${COMPREPLY[*]}"' _ "$dir/bash" "$@")
  case $expected in
    \**) grep -qw -- "${expected#\*}" <<<"$offered" || fail "after $*: ${expected#\*} is not offered, but: $offered" ;;
    *) [ "$offered" = "$expected" ] || fail "after $*: $offered is offered, not $expected" ;;
  esac
}
complete train glibrl tr
complete "--help" glibrl --h
complete "--preset" glibrl train --pre
complete "quickstart" glibrl train --preset qui
complete "quickstart" glibrl train --preset = qui
complete "--preset=quickstart" glibrl train --preset=qui
complete "train.slots= train.slots_per_task=" glibrl train --set train.slo
complete "cheetah-dir cheetah-vel" glibrl train --set env.family = cheetah
complete "env.family=cheetah-dir env.family=cheetah-vel" glibrl train --set env.family=cheetah
complete "true false" glibrl train --set belief.zero =
complete "" glibrl train --set train.seed = 1
complete "continue" glibrl train --on-actor-loss c
complete "my.ini" glibrl train my
complete "runs" glibrl eval ru
complete "runs" glibrl render run -o ru
complete "" glibrl eval runs --tasks r
complete "model" glibrl bench env mo
complete "*--markdown" glibrl params -

# ---- where the programs are there, they find nothing wrong ----
if command -v groff >/dev/null; then
  groff -man -Tutf8 -ww -z "$dir/man" 2>"$dir/said" || true
  [ ! -s "$dir/said" ] || fail "groff: $(cat "$dir/said")"
fi
if command -v zsh >/dev/null; then
  zsh -n "$dir/zsh" || fail "zsh cannot read its page"
fi
exit $failed
