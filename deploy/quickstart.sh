#!/usr/bin/env bash
# quickstart.sh: set-up, a short training run over MPI, and what it learned on tasks that it has never seen.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/quickstart.sh [--out RUN] [--actors N] [SETUP OPTION]...

Builds the program (deploy/setup.sh), trains the preset "quickstart" with one learner and N actors on this
machine, and evaluates the result on held-out tasks.

  --out RUN      folder for the run   (default: runs/quickstart, or runs/quickstart-2 ... where it exists)
  --actors N     actor processes      (default: one for each core, 2 to 4)
  --help         this text

All other options go to deploy/setup.sh, for instance --mpicc mpicc.openmpi; see its --help.
HELP
}

say() { printf '%s\n' "$*"; }
near() { printf '%s' "${1#"$PWD/"}"; }   # a path as one would type it here
die() { printf 'quickstart: %s\n' "$*" >&2; exit "${2:-1}"; }

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GLIBRL_BUILD:-$top/build}
out= actors= setup=()
while [ $# -gt 0 ]; do
  case $1 in
    --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
  esac
  case $1 in
    --help) usage; exit 0 ;;
    --tests | --no-install | -D*) setup+=("$1") ;;
    *)
      [ $# -ge 2 ] || die "option $1: unknown, or without its value; see --help" 2
      case $1 in
        --out) out=$2 ;;
        --actors) actors=$2 ;;
        --build) build=$2 ;;
        *) setup+=("$1" "$2") ;;
      esac
      shift ;;
  esac
  shift
done

# ---- how many ranks, and where to ----
cores=$(nproc)
if [ -z "$actors" ]; then   # the preset has four slot groups: more actors would idle
  actors=$((cores < 2 ? 2 : cores > 4 ? 4 : cores))
fi
[[ $actors =~ ^[1-9][0-9]*$ ]] || die "--actors $actors: not a number" 2
if [ -z "$out" ]; then
  out=$top/runs/quickstart
  for ((i = 2; ; i++)); do
    [ -e "$out" ] || break
    out=$top/runs/quickstart-$i
  done
fi
[ ! -e "$out" ] || die "$out exists; choose another --out"

say "GLiBRL quick start
  1. set-up: installs what is missing and builds the program        (a minute or two, the first time)
  2. training: preset \"quickstart\", 1 learner and $actors actors on $cores cores   (five minutes on two cores)
  3. evaluation on held-out tasks
The run goes to $(near "$out")"
say
"$top/deploy/setup.sh" --build "$build" "${setup[@]}"

# ---- training ----
. "$top/deploy/mpi_env.sh"
train=("$build/mpirun" --bind-to none -n $((actors + 1)) "$build/glibrl" train --preset quickstart --out "$out" --resume never)
mkdir -p "$(dirname "$out")"
say
say "\$ ${train[*]//"$PWD/"/}"
started=$SECONDS
"${train[@]}" || die "training failed; the reason stands above, what was recorded is in $out"
say
say "trained in $((SECONDS - started)) s"

# ---- before and after ----
say
say "\$ $(near "$build")/glibrl eval $(near "$out")"
"$build/glibrl" eval "$out"
say
# Rows with an evaluation: the first is of the untrained policy. Trials of one episode have one column.
awk '
  function value(key) {
    if (!match($0, "\"" key "\": *-?[0-9][-+.0-9eE]*")) return "-"
    split(substr($0, RSTART, RLENGTH), part, ": *")
    return part[2]
  }
  function show(title, steps, first, last) {
    printf "  %-16s %8s %15s", title, steps, first
    print several ? sprintf(" %15s", last) : ""
  }
  function show_row(title, row) {
    split(row, v, " ")
    show(title, v[1], sprintf("%.1f", v[2]), sprintf("%.1f", v[3]))
  }
  value("eval_return_first") != "-" {
    row = value("steps") " " value("eval_return_first") " " value("eval_return_last")
    if (!count++) before = row
    if (value("eval_return_first") != value("eval_return_last")) several = 1
  }
  END {
    if (!count) { print "quickstart: no evaluation in " FILENAME | "cat 1>&2"; exit 1 }
    print "Mean return per episode on held-out tasks (" FILENAME "):"
    print ""
    show("", "steps", several ? "first episode" : "return", "last episode")
    show_row("before training", before)
    show_row("after training", row)
  }' "$(near "$out")/metrics.jsonl"

say "
The run is in $(near "$out"):
  config.ini      every parameter of the run
  metrics.jsonl   one line of figures a round; metrics.h5 has the same with units
  checkpoints/    what was learned

Next:
  $(near "$build")/glibrl eval $(near "$out") --tasks 200   more trials, a narrower interval
  $(near "$build")/glibrl train --help   your own training
  $(near "$build")/glibrl params         parameters, families, presets"
