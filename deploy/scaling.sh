#!/usr/bin/env bash
# scaling.sh: the scaling figures of docs/scaling.md, measured anew on this machine.
set -euo pipefail

case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/scaling.sh [PART]... [--out DIR]

Measures, with small settings that a laptop bears:

  communication   CPU time and volume of a round on 1 to 64 ranks with tiny rollouts
  messages        MPI messages of such a round on 2 to 64 ranks, as Open MPI counts them
  slots           250, 500 and 1000 slots of ML45 on one actor and one learner: time and memory
  simulation      the simulated cluster beside real runs on 2 to 4 ranks
  cluster         the parts of the preset cheetah-vel, and a projection to 10,000 actors

Without PART: all of them. What was measured before in DIR (default: runs/scaling) counts. Each part leaves a page in DIR.
HELP
    exit 0 ;;
esac
. "$(dirname "${BASH_SOURCE[0]}")/built.sh"
cd "$top"
glibrl=build/glibrl out=runs/scaling chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?--out needs a folder}; shift ;;
    communication | messages | slots | simulation | cluster) chosen+=("$1") ;;
    *) echo "scaling: unknown part $1; see --help" >&2; exit 2 ;;
  esac
  shift
done
[ ${#chosen[@]} -gt 0 ] || chosen=(communication messages slots simulation cluster)

# Almost nothing to compute: what is left is communication.
little=(--preset point --set env.horizon=5 --set train.slots=64 --set actor.group=1 --set train.random_rounds=1
  --set model.warmup_rounds=1 --set model.updates=4 --set model.refresh=5 --set agent.updates=1 --set agent.hidden=16
  --set agent.embedding=8 --set replay.trials=256)
communication() {
  nice "$glibrl" scale "${little[@]}" --ranks 1,2,4,8,16,32,64 --rounds 20 --repeats 3 --out "$out/communication"
  echo "wrote $out/communication/scale.md"
}

# Open MPI's own counts of messages; of 40 rounds less those of 20, so that start and end are left out.
messages() {
  local to=$out/messages ranks rounds run
  mkdir -p "$to"
  for ranks in 2 4 8 16 32 64; do
    for rounds in 20 40; do
      run=$to/$ranks-$rounds
      rm -rf "$run"
      mkdir "$run"
      nice build/mpirun --bind-to none -n $ranks --mca pml_monitoring_enable 2 --mca pml_monitoring_enable_output 3 --mca pml_monitoring_filename "$run/of" \
        "$glibrl" train "${little[@]}" --set train.rounds=$rounds --set eval.interval=0 --set checkpoint.interval=0 --out "$run/run" >"$run/log" 2>&1 ||
        { tail -n 5 "$run/log" >&2; exit 1; }
      [ -e "$run/of.0.prof" ] || { echo "scaling: this MPI has no component pml/monitoring" >&2; exit 1; }
    done
  done
  python3 - "$to" >"$to.md" <<'TABLE'
import collections, glob, sys
def counts(folder):
    """kind (I: within collectives, E: between two ranks), from, to: messages and bytes"""
    found = collections.Counter()
    for name in glob.glob(f'{folder}/of.*.prof'):
        for line in open(name):
            words = line.split('\t')
            if words[0] == '# OSC\n':
                break
            if words[0] in 'EI':
                found[words[0], 'bytes', int(words[1]), int(words[2])] += int(words[3].split()[0])
                found[words[0], 'messages', int(words[1]), int(words[2])] += int(words[4].split()[0])
    return found
print('| ranks | collectives: learner sends | receives | both, the most of any rank | learner receives, kB '
      '| between two ranks: learner sends | receives |\n|--:|--:|--:|--:|--:|--:|--:|')
for ranks in (2, 4, 8, 16, 32, 64):
    a, b = (counts(f'{sys.argv[1]}/{ranks}-{rounds}') for rounds in (20, 40))
    def of(kind, what, rank, side):
        return sum((n - a[key]) / 20 for key, n in b.items() if key[:2] == (kind, what) and key[side] == rank)
    out, into = 2, 3
    most = max(of('I', 'messages', rank, out) + of('I', 'messages', rank, into) for rank in range(ranks))
    print(f"| {ranks} | {of('I', 'messages', 0, out):.0f} | {of('I', 'messages', 0, into):.0f} | {most:.0f} | {of('I', 'bytes', 0, into) / 1e3:.1f} "
          f"| {of('E', 'messages', 0, out):.0f} | {of('E', 'messages', 0, into):.0f} |")
TABLE
  echo "wrote $to.md"
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

# parts CLOCK FOLDER MODEL-UPDATES AGENT-UPDATES WORD...: the parts of a round, each measured by itself on two ranks, as FOLDER/parts:
# a NAME=VALUE of glibrl simulate on each line. The words are the study's. CLOCK: wall, or cpu, which other programs disturb less.
parts() {
  local clock=$1 to=$2 model=$3 agent=$4
  shift 4
  part() { nice "$glibrl" scale --set model.refresh=1000000 "${@:4}" --ranks 2 --out "$to/$1" --set model.updates="$2" --set agent.updates="$3"; }
  part rollouts 0 0 "$@"
  part model "$model" 0 "$@"
  part agent 0 "$agent" "$@"
  part refresh 0 0 "$@" --set model.refresh=1
  python3 - "$to" "$model" "$agent" "$clock" >"$to/parts" <<'PARTS'
import configparser, csv, sys
to, updates, agent_updates = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def read(name):
    row = next(csv.DictReader(open(f'{to}/{name}/scale.csv')))
    return {key: float(value) if value else 0.0 for key, value in row.items()}
rollouts, model, agent, refresh = (read(name) for name in ('rollouts', 'model', 'agent', 'refresh'))
config = configparser.ConfigParser(inline_comment_prefixes=('#', ';'))
config.read(f'{to}/rollouts/runs/strong-ranks-2-run-1.ini')
value = lambda section, key: int(config[section][key])
slots, group, tasks = value('train', 'slots'), value('actor', 'group'), value('model', 'tasks')
cpu = sys.argv[4] == 'cpu'
busy = lambda row: row['actor_cpu'] if cpu else row['actor_busy'] * row['mean_s']     # seconds an actor computes
more = lambda row: max(0.0, row['learner_cpu'] - rollouts['learner_cpu'])             # and the learner, beyond trials
warmup = value('train', 'rounds') - 1 - int(rollouts['rounds'])
kept = slots * (warmup + (1 + rollouts['rounds']) / 2)   # trials in replay, mean over the rounds; it is never full
picked = max(0.0, busy(model) - busy(rollouts)) / updates / tasks
print(*(f'{name}={number:.6g}' for name, number in {
    'group': group, 'tasks': tasks, 'refresh': more(refresh) / kept,
    'model_updates': updates, 'agent_updates': agent_updates, 'rollout': busy(rollouts) / (slots / group),
    'trial_bytes': rollouts['bytes_received'] / slots, 'pack': 0, 'admit': rollouts['learner_cpu'] / slots,
    'statistics': picked / 3, 'gradient': 2 * picked / 3,
    'solve': more(model) / updates if cpu else max(0.0, model['time_model'] / updates - tasks * picked),
    'agent': (more(agent) if cpu else agent['time_agent']) / agent_updates}.items()), sep='\n')
PARTS
}

# Rounds with all parts on 2 to 4 ranks beside the simulated cluster that was made from them.
simulation() {
  local to=$out/simulation set
  local base=(--preset cheetah-dir --set env.horizon=50 --set train.slots=24 --set train.random_rounds=0 --set model.warmup_rounds=0
    --set agent.hidden=64 --set replay.trials=480 --set learner.threads=1 --rounds 10 --warmup 2 --repeats 3)
  parts wall "$to" 10 60 "${base[@]}"
  nice "$glibrl" scale "${base[@]}" --ranks 2,3,4 --out "$to/all" --set model.refresh=1000000 --set model.updates=10 --set agent.updates=60
  mapfile -t set < <(sed 's/^/--set=/' "$to/parts")
  "$glibrl" simulate "${set[@]}" --set slots=24 --set refresh_rounds=1000000 --set cores=2 --actors 1,2,3 --out "$to/simulated" >/dev/null
  python3 - "$to" >"$to.md" <<'COMPARE'
import csv, sys
read = lambda name: list(csv.DictReader(open(f'{sys.argv[1]}/{name}.csv')))
print('| ranks | real, s a round | 95 % | simulated, s | deviation |\n|--:|--:|--:|--:|--:|')
for real, simulated in zip(read('all/scale'), read('simulated/simulate')):
    t, median = float(simulated['seconds']), float(real['median_s'])
    print(f"| {real['ranks']} | {median:.3f} | {float(real['low_s']):.3f} .. {float(real['high_s']):.3f} | {t:.3f} | {100 * (t / median - 1):+.0f} % |")
COMPARE
  echo "wrote $to.md"
}

# The parts of the preset cheetah-vel, and what follows for up to 10,000 actors: with one learner rank, and with more of them.
cluster() {
  local to=$out/cluster set
  parts cpu "$to" 20 100 --preset cheetah-vel --set train.random_rounds=0 --set model.warmup_rounds=0 --set replay.trials=400 \
    --set learner.threads=1 --set agent.shards=1 --rounds 3 --warmup 1 --repeats 2
  mapfile -t set < <(sed 's/^/--set=/' "$to/parts")
  set+=(--set agent_updates=800 --set replay=4000 --set refresh_rounds=5)
  "$glibrl" simulate "${set[@]}" --out "$to/one"
  "$glibrl" simulate "${set[@]}" --set learners=64 --set actors_per_learner=128 --out "$to/many"
  "$glibrl" simulate "${set[@]}" --set agent_updates=100 --out "$to/light"
}

for name in "${chosen[@]}"; do "$name"; done
