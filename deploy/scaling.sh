#!/usr/bin/env bash
# scaling.sh: the scaling figures of docs/scaling.md, measured anew on this machine.
set -euo pipefail

case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/scaling.sh [PART]... [--out DIR]

Measures, with small settings that a laptop bears (under an hour each; 64 ranks need about 6 GB of memory):

  communication   CPU time and volume of a round on 1 to 64 ranks with tiny rollouts
  slots           250, 500 and 1000 slots of ML45 on one actor and one learner: time and memory
  simulation      the simulated cluster beside real runs on 2 to 4 ranks

Without PART: all of them. What was measured before in DIR (default: runs/scaling) counts. Each part leaves a page in DIR.
HELP
    exit 0 ;;
esac
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
. deploy/mpi_env.sh
glibrl=build/glibrl out=runs/scaling parts=()
[ -x "$glibrl" ] || { echo "scaling: no $glibrl; run deploy/setup.sh first" >&2; exit 1; }
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?--out needs a folder}; shift ;;
    communication | slots | simulation) parts+=("$1") ;;
    *) echo "scaling: unknown part $1; see --help" >&2; exit 2 ;;
  esac
  shift
done
[ ${#parts[@]} -gt 0 ] || parts=(communication slots simulation)

# Almost nothing to compute: what is left is communication.
communication() {
  nice "$glibrl" scale --preset point --set env.horizon=5 --set train.slots=64 --set actor.group=1 --set train.random_rounds=1 \
    --set model.warmup_rounds=1 --set model.updates=4 --set model.refresh=5 --set agent.updates=1 --set agent.hidden=16 \
    --set agent.embedding=8 --set replay.trials=256 --ranks 1,2,4,8,16,32,64 --rounds 20 --repeats 3 --out "$out/communication"
  echo "wrote $out/communication/scale.md"
}

# One actor, one learner, many slots; an episode of 20 steps instead of 200, and 50 agent updates instead of 4800.
slots() {
  local n run page=$out/slots.md watched
  # shellcheck disable=SC2016  # expanded by each rank
  watched='to=$1.${OMPI_COMM_WORLD_RANK:-0}; shift; "$@" & p=$!
    while kill -0 $p 2>/dev/null; do grep VmHWM "/proc/$p/status" >"$to.now" && mv "$to.now" "$to"; sleep 0.5; done; wait $p'
  mkdir -p "$out/slots"
  for n in 250 500 1000; do
    run=$out/slots/$n
    nice build/mpirun --bind-to none -n 2 bash -c "$watched" watched "$run.memory" "$glibrl" train --preset ml45 --set train.slots="$n" --set actor.group=2 \
      --set env.horizon=20 --set train.rounds=6 --set train.random_rounds=1 --set model.warmup_rounds=0 --set model.updates=4 \
      --set model.refresh=2 --set agent.updates=50 --set replay.trials=$((2 * n)) --set eval.interval=0 --set eval.trials=2 \
      --set checkpoint.interval=0 --out "$run" >"$run.log" 2>&1 || { tail -n 5 "$run.log" >&2; exit 1; }
  done
  python3 - "$out/slots" >"$page" <<'TABLE'
import json, statistics, sys
print('| slots | s a round | learner CPU, s | actor CPU, s | model updates, s | agent updates, s | received, MB | learner, MB at most | actor, MB at most |')
print('|--:|--:|--:|--:|--:|--:|--:|--:|--:|')
for n in (250, 500, 1000):
    rows = [json.loads(line) for line in open(f'{sys.argv[1]}/{n}/metrics.jsonl')]
    used = [(b, a) for b, a in zip(rows, rows[1:]) if 2 <= a['round'] < rows[-1]['round']]
    peak = lambda n, rank: round(int(open(f'{sys.argv[1]}/{n}.memory.{rank}').read().split()[1]) * 1024 / 1e6)
    m = lambda name: statistics.median(a[name] for _, a in used)
    wall = statistics.median((a['steps'] - b['steps']) / a['steps_per_second'] for b, a in used)
    print(f"| {n} | {wall:.2f} | {m('learner_cpu'):.2f} | {m('actor_cpu'):.2f} | {m('time_model'):.2f} | {m('time_agent'):.2f} | "
          f"{m('bytes_received') / 1e6:.1f} | {peak(n, 0)} | {peak(n, 1)} |")
TABLE
  grep -h 'an actor remembers' "$out"/slots/*.log >>"$page" || true
  echo "wrote $page"
}

# The parts of a round, each measured by itself on two ranks; then rounds with all of them on 2 to 4 ranks beside the simulated cluster.
simulation() {
  local base=(--preset cheetah-dir --set env.horizon=50 --set train.slots=24 --set train.random_rounds=0 --set model.warmup_rounds=0
    --set model.refresh=1000000 --set agent.hidden=64 --set replay.trials=240 --set learner.threads=1 --rounds 10 --warmup 2)
  local to=$out/simulation
  part() { nice "$glibrl" scale "${base[@]}" --ranks 2 --repeats 3 --out "$to/$1" --set model.updates="$2" --set agent.updates="$3"; }
  part rollouts 0 0
  part model 10 0
  part agent 0 60
  nice "$glibrl" scale "${base[@]}" --ranks 2,3,4 --repeats 3 --out "$to/all" --set model.updates=10 --set agent.updates=60
  python3 - "$glibrl" "$to" >"$to.md" <<'COMPARE'
import csv, subprocess, sys
glibrl, to = sys.argv[1:]
read = lambda name: [{k: float(v) if v else 0.0 for k, v in row.items()} for row in csv.DictReader(open(f'{to}/{name}/scale.csv'))]
rollouts, model, agent = (read(name)[0] for name in ('rollouts', 'model', 'agent'))
real = read('all')
slots, group, tasks, updates = 24, 4, 16, 10
busy = lambda row: row['actor_busy'] * row['mean_s']
picked = max(0, busy(model) - busy(rollouts)) / updates / tasks
parts = {
    'slots': slots, 'group': group, 'tasks': tasks, 'model_updates': updates, 'agent_updates': 60, 'refresh_rounds': 1e6, 'replay': 1,
    'rollout': busy(rollouts) / (slots / group), 'trial_bytes': rollouts['bytes_received'] / slots, 'pack': 0,
    'admit': rollouts['learner_cpu'] / slots, 'statistics': picked / 3, 'gradient': 2 * picked / 3,
    'solve': max(0, model['time_model'] / updates - tasks * picked), 'agent': agent['time_agent'] / 60, 'cores': 2,
    'rollout_spread': 0.1, 'actor_spread': 0}
options = [word for name, value in parts.items() for word in ('--set', f'{name}={value:.9g}')]
subprocess.run([glibrl, 'simulate', *options, '--actors', '1,2,3', '--out', f'{to}/simulated'], check=True, stdout=subprocess.DEVNULL)
simulated = list(csv.DictReader(open(f'{to}/simulated/simulate.csv')))
print('| ranks | real, s a round | 95 % | simulated, s | deviation |\n|--:|--:|--:|--:|--:|')
for r, s in zip(real, simulated):
    t = float(s['seconds'])
    print(f"| {r['ranks']:.0f} | {r['median_s']:.3f} | {r['low_s']:.3f} .. {r['high_s']:.3f} | {t:.3f} | {100 * (t / r['median_s'] - 1):+.0f} % |")
print('\nMeasured parts: ' + ', '.join(f'{k} {v:.3g}' for k, v in parts.items()) + '.')
COMPARE
  echo "wrote $to.md"
}

for part in "${parts[@]}"; do "$part"; done
