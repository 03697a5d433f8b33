#!/usr/bin/env bash
# overlap.sh: what the time of a round is where rollouts and the learner's work take about as long.
set -euo pipefail
case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/overlap.sh [PRESET[:UPDATES] [REPEATS [ROUNDS [TRAIN ARGUMENT]...]]]

Trains PRESET (default: ant-dir) on two ranks, one thread each, with schedule.lag = 1 and that many agent updates a round. Without
UPDATES a first run measures an agent update, a round's rollouts and the rest of the learner's round, and there are as many as make
both sides take as long. REPEATS (7) runs of ROUNDS (12) rounds follow, of which the first four are left out. Printed are seconds of
a round, by the metrics:

  round     wall time
  rollout   the actor's trials: simulation, packing
  learner   the round less the learner's wait for trials: model updates, agent updates, the rest
  model     the model updates in it, in which the actor takes part
  ratio     round / max(rollout, learner)
HELP
    exit 0 ;;
esac
IFS=: read -r preset updates <<<"${1:-ant-dir}"
repeats=${2:-7} rounds=${3:-12}
more=("${@:4}")
. "$(dirname "${BASH_SOURCE[0]}")/built.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# sums UPDATES: trains, prints seconds of a round: wall, rollout, learner, model, agent
sums() {
  rm -rf "$dir/run"
  "$build/mpirun" --bind-to none -n 2 "$build/glibrl" train --preset "$preset" --set schedule.lag=1 --set learner.threads=1 \
    --set train.rounds="$rounds" --set train.random_rounds=1 --set model.warmup_rounds=1 --set model.warmup_factor=1 \
    --set model.freeze=3 --set eval.interval=0 --set checkpoint.interval=0 "${more[@]}" --set agent.updates="$1" \
    --out "$dir/run" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; return 1; }
  python3 - "$dir/run/metrics.jsonl" <<'PYTHON'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])][4:-1]   # the last row has the evaluation at the end
n, total = len(rows) - 1, lambda *names: sum(row[name] for row in rows[1:] for name in names)
wall = rows[-1]['seconds'] - rows[0]['seconds']
print(*(f'{x / n:.4f}' for x in (wall, total('actor_rollout', 'actor_pack'), wall - total('time_wait'),
                                 total('time_model'), total('time_agent'))))
PYTHON
}

[ -n "$updates" ] || read -r _ rollout learner _ agent <<<"$(sums 60)"
[ -n "$updates" ] || updates=$(awk -v r="$rollout" -v l="$learner" -v a="$agent" 'BEGIN { u = 60 * (r - (l - a)) / a; printf "%d", u < 1 ? 1 : u }')
echo "$preset, agent.updates=$updates: seconds of a round"
printf '%8s %8s %8s %8s %8s\n' round rollout learner model ratio
for ((i = 0; i < repeats; i++)); do
  sums "$updates"
done | awk '{ most = $2 > $3 ? $2 : $3; printf "%8.3f %8.3f %8.3f %8.3f %8.3f\n", $1, $2, $3, $4, $1 / most; fflush() }' | tee "$dir/table"
for column in 1 2 3 4 5; do
  awk -v c=$column '{ print $c }' "$dir/table" | sort -n | awk '{ x[NR] = $1 } END { printf "%8.3f ", NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
done
echo "medians"
