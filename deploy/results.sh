#!/usr/bin/env bash
# results.sh: the learning runs that docs/results reports, and the pages made from them.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/results.sh TOPIC... [--runs DIR] [--ranks N] [--pages DIR]

Trains and evaluates the runs of a topic, and writes its page. Runs that are there already go on from their checkpoints;
figures that are there already are not measured again. Times are for two cores.

  cheetah     cheetah-dir with seeds 0, 1, 2, cheetah-vel, cheetah-dir without a belief     40 minutes
  ant         ant-dir to a million steps, and without a belief                              50 minutes
  metaworld   ml1-reach with seeds 0, 1, 2, and ml10                                        50 minutes
  ablations   cheetah-dir and five ablations of it, each with seeds 0, 1, 2                 90 minutes
  kernel      the kernel identity on runs of cheetah-vel and ml1-reach                      12 minutes

  --runs DIR    folder of the runs                          (default: runs/results)
  --ranks N     MPI ranks, one of which learns; 1: one process without mpirun               (default: 3)
  --pages DIR   folder of the pages                         (default: docs/results)
HELP
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
runs=runs/results ranks=3 pages=docs/results topics=()
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --runs) runs=$2; shift ;;
    --ranks) ranks=$2; shift ;;
    --pages) pages=$2; shift ;;
    cheetah | ant | metaworld | ablations | kernel) topics+=("$1") ;;
    *) printf 'results: unknown topic or option %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
  shift
done
[ ${#topics[@]} -gt 0 ] || { usage >&2; exit 2; }
. deploy/built.sh
mkdir -p "$runs" "$pages"
start=()
[ "$ranks" = 1 ] || start=(build/mpirun --bind-to none -n "$ranks")

# train NAME PRESET SEED ROUNDS [KEY=VALUE]...: seconds go to NAME.ROUNDS.seconds
train() {
  local name=$1 preset=$2 seed=$3 rounds=$4 sets=() from=$SECONDS key
  shift 4
  for key in "$@"; do sets+=(--set "$key"); done
  [ ! -e "$runs/$name.$rounds.seconds" ] || return 0
  "${start[@]}" build/glibrl train --preset "$preset" --set train.seed="$seed" --set train.rounds="$rounds" "${sets[@]}" \
    --out "$runs/$name" | tee -a "$runs/$name.log"
  echo $((SECONDS - from)) >"$runs/$name.$rounds.seconds"
}

# evaluate NAME FIGURES [OPTION]...: goes to NAME.FIGURES.json
evaluate() {
  local name=$1 figures=$2
  shift 2
  [ -e "$runs/$name.$figures.json" ] && return
  build/glibrl eval "$runs/$name" "$@" --json >"$runs/$name.$figures.json.part"
  mv "$runs/$name.$figures.json.part" "$runs/$name.$figures.json"
}

cheetah() {
  local seed
  for seed in 0 1 2; do
    train "dir-$seed" cheetah-dir "$seed" 47
    evaluate "dir-$seed" 47 --tasks 40
    train "dir-$seed" cheetah-dir "$seed" 100
    evaluate "dir-$seed" 100 --tasks 40
  done
  train vel-0 cheetah-vel 0 50
  evaluate vel-0 50 --tasks 40
  train dir-zero-belief cheetah-dir 0 50 belief.zero=true
  evaluate dir-zero-belief 50 --tasks 40
}

ant() {
  train ant-0 ant-dir 0 190
  evaluate ant-0 190 --tasks 40
  evaluate ant-0 shuffled --tasks 40 --shuffled
  train ant-zero-0 ant-dir 0 100 belief.zero=true
  evaluate ant-zero-0 100 --tasks 40
}

metaworld() {
  local seed
  for seed in 0 1 2; do
    train "reach-$seed" ml1-reach "$seed" 100
    evaluate "reach-$seed" 100 --tasks 50
    evaluate "reach-$seed" shuffled --tasks 50 --shuffled
    evaluate "reach-$seed" metaworld --tasks 50 --protocol metaworld
  done
  train ml10-0 ml10 0 50
  evaluate ml10-0 train --split train --tasks 200
  evaluate ml10-0 test --tasks 200
}

ablations() {
  local configurations=(reward= both=belief.heads=both transition=belief.heads=transition zero=belief.zero=true
    fixed=model.learn_basis=false point=belief.uncertainty=false) c name seed keys all=() labels=()
  for c in "${configurations[@]}"; do
    name=${c%%=*}
    labels+=(--label "$name")
    read -ra keys <<<"${c#*=}"
    for seed in 0 1 2; do
      train "$name-$seed" cheetah-dir "$seed" 40 "${keys[@]}"
      evaluate "$name-$seed" 40 --tasks 40
      cp "$runs/$name-$seed.40.json" "$runs/$name-$seed/eval.json"
      [ -e "$runs/$name-$seed/calibration.csv" ] || build/glibrl calibration "$runs/$name-$seed"
      all+=("$runs/$name-$seed")
    done
  done
  build/glibrl report "${all[@]}" "${labels[@]}" --out "$runs/ablations-report"
  for name in learning comparison belief; do cp "$runs/ablations-report/cheetah-dir-$name.png" "$pages/ablations-$name.png"; done
}

kernel() {
  local name
  train vel-0 cheetah-vel 0 50
  train reach-0 ml1-reach 0 100
  for name in vel-0 reach-0; do
    build/glibrl kernel "$runs/$name" --tasks 20 --plot "$pages/kernel-${name%-0}.png" | tee "$runs/$name.kernel"
    mv "$pages/kernel-${name%-0}.png.csv" "$runs/$name.kernel.csv"
  done
}

for topic in "${topics[@]}"; do
  "$topic"
  python3 deploy/results.py "$topic" "$runs" "$ranks" >"$pages/$topic.md.part"
  mv "$pages/$topic.md.part" "$pages/$topic.md"
  echo "wrote $pages/$topic.md"
done
