#!/usr/bin/env bash
# results.sh: the learning runs that docs/results/cheetah.md reports, and that page made from them.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/results.sh [--runs DIR] [--ranks N] [--page FILE]

Trains preset cheetah-dir with seeds 0, 1, 2 (to 150,400 steps, timed, then on to 320,000), cheetah-vel with seed 0 and
cheetah-dir with the belief replaced by zeros (160,000 steps each), evaluates each on 40 held-out trials, and writes the page.
About forty minutes on two cores. Runs that are there already go on from their checkpoints.

  --runs DIR    folder of the runs                          (default: runs/results)
  --ranks N     MPI ranks, one of which learns              (default: 3)
  --page FILE   the page to write                           (default: docs/results/cheetah.md)
HELP
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
runs=runs/results ranks=3 page=docs/results/cheetah.md
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --runs) runs=$2 ;;
    --ranks) ranks=$2 ;;
    --page) page=$2 ;;
    *) printf 'results: unknown option %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -x build/glibrl ] || { echo "results: no build/glibrl; run deploy/quickstart.sh or deploy/test.sh first" >&2; exit 1; }

export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe OMPI_MCA_mpi_yield_when_idle=1
[ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mkdir -p "$runs" "$(dirname "$page")"

# train NAME PRESET SEED ROUNDS [KEY=VALUE]...: seconds go to RUN.ROUNDS.seconds
train() {
  local name=$1 preset=$2 seed=$3 rounds=$4 sets=() start=$SECONDS key
  shift 4
  for key in "$@"; do sets+=(--set "$key"); done
  [ ! -e "$runs/$name.$rounds.json" ] || return 0
  build/mpirun --bind-to none -n "$ranks" build/glibrl train --preset "$preset" --set train.seed="$seed" \
    --set train.rounds="$rounds" "${sets[@]}" --out "$runs/$name" | tee -a "$runs/$name.log"
  echo $((SECONDS - start)) >"$runs/$name.$rounds.seconds"
  build/glibrl eval "$runs/$name" --tasks 40 --json >"$runs/$name.$rounds.json"
}

for seed in 0 1 2; do
  train "dir-$seed" cheetah-dir "$seed" 47
  train "dir-$seed" cheetah-dir "$seed" 100
done
train vel-0 cheetah-vel 0 50
train dir-zero-belief cheetah-dir 0 50 belief.zero=true

# ---- the page ----
figure() { sed -E 's/.*"'"$2"'": ?(-?[0-9.eE+-]+).*/\1/' "$1"; }
row() {   # NAME ROUNDS TITLE
  local json=$runs/$1.$2.json
  printf '| %s | %d | %s | %.0f | %.0f (%.0f to %.0f) |\n' "$3" $(($2 * 3200)) "$(cat "$runs/$1.$2.seconds")" \
    "$(figure "$json" return_mean)" "$(figure "$json" return_iqm)" "$(figure "$json" return_iqm_low)" "$(figure "$json" return_iqm_high)"
}
curve() {   # NAME TITLE: held-out return of the evaluations on the way
  printf '| %s |' "$2"
  sed -nE 's/.*"steps": ?([0-9]+).*"eval_return_first": ?(-?[0-9.]+).*/\1 \2/p' "$runs/$1/metrics.jsonl" |
    awk '{ printf "%s%s: %.0f", (NR > 1 ? " · " : " "), $1, $2 } END { print " |" }'
}

{
  cat <<TEXT
# HalfCheetah: learning curves

Made by \`deploy/results.sh\` with $ranks ranks (one learns) on $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1),
$(date +%Y-%m-%d), program $(build/glibrl --version | head -1). Greedy first-episode return on 40 held-out trials; the tasks of cheetah-dir are its two
directions, those of cheetah-vel 40 fixed velocities. Reward and horizon are those of docs/environments.md: figures of other
papers were made with other simulators and are not comparable.

Command of each run: \`mpirun -n $ranks glibrl train --preset NAME --set train.seed=SEED --set train.rounds=ROUNDS --out RUN\`, then
\`glibrl eval RUN --tasks 40\`. Seconds are of training from the row above of the same run, checkpoints and evaluations included.

| run | environment steps | seconds | mean return | IQM (95 % interval over trials) |
|---|---|---|---|---|
TEXT
  for seed in 0 1 2; do
    row "dir-$seed" 47 "cheetah-dir, seed $seed"
    row "dir-$seed" 100 "cheetah-dir, seed $seed, resumed"
  done
  row vel-0 50 "cheetah-vel, seed 0"
  row dir-zero-belief 50 "cheetah-dir, seed 0, belief.zero=true (control)"
  cat <<'TEXT'

The control sees zeros instead of the belief: it cannot tell the two directions apart.

## Evaluations on the way

Steps: mean greedy first-episode return on 16 held-out trials.

| run | curve |
|---|---|
TEXT
  for seed in 0 1 2; do curve "dir-$seed" "cheetah-dir, seed $seed"; done
  curve vel-0 "cheetah-vel, seed 0"
  curve dir-zero-belief "cheetah-dir, belief.zero=true"
} >"$page"
echo "wrote $page"
