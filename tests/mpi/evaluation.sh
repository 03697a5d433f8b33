#!/usr/bin/env bash
# evaluation.sh: `glibrl eval` of a short run: the same figures on any number of ranks, its protocols, and what it refuses.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure "" env.family=cheetah-dir env.horizon=20 train.rounds=2 train.episodes_per_task=2 train.random_rounds=1 \
  model.warmup_factor=1 model.updates=2 agent.updates=3 agent.hidden=32 eval.trials=4
run run 1

"$glibrl" eval "$dir/run" --tasks 10 --json >"$dir/one.json"
"${mpirun[@]}" -n 3 "$glibrl" eval "$dir/run" --tasks 10 --json >"$dir/three.json"
cmp "$dir/one.json" "$dir/three.json" || fail "figures depend on the number of ranks"
expect "$dir/one.json" "d['split'], d['trials'], len(d['episodes']), d['adapted'], d['shuffled']" "('test', 10, 2, None, False)"
expect "$dir/one.json" "[(t['label'], t['trials'], len(t['return_mean'])) for t in d['tasks']]" "[('backwards', 5, 2), ('forwards', 5, 2)]"
expect "$dir/one.json" "len(d['returns']), len(d['returns'][0]), d['episodes'][0]['success']" "(10, 2, None)"
expect "$dir/one.json" "all(e['return_iqm_low'] <= e['return_iqm'] <= e['return_iqm_high'] for e in d['episodes'])" True
expect "$dir/one.json" "abs(sum(r[0] for r in d['returns']) / 10 - d['episodes'][0]['return_mean']) < 1e-6" True

"$glibrl" eval "$dir/run" --tasks 4 --adapt 3 --episodes 5 --json >"$dir/adapt.json"
expect "$dir/adapt.json" "d['adaptation_episodes'], len(d['episodes'])" "(3, 5)"
expect "$dir/adapt.json" "abs(d['adapted']['return_mean'] - (d['episodes'][3]['return_mean'] + d['episodes'][4]['return_mean']) / 2) < 1e-6" True
"$glibrl" eval "$dir/run" --tasks 2 --protocol metaworld --horizon 10 --json >"$dir/metaworld.json"
expect "$dir/metaworld.json" "d['adaptation_episodes'], len(d['episodes'])" "(10, 13)"
"$glibrl" eval "$dir/run" --tasks 10 --shuffled --json >"$dir/shuffled.json"
expect "$dir/shuffled.json" "d['shuffled'], d['returns'] != json.load(open('$dir/one.json'))['returns']" "(True, True)"
"$glibrl" eval "$dir/run" --tasks 10 --split train --json >"$dir/train.json"
expect "$dir/train.json" "d['split'], sum(t['trials'] for t in d['tasks'])" "('train', 10)"
"$glibrl" eval "$dir/run" --tasks 4 >"$dir/table"
grep -q '^backwards' "$dir/table" || fail "no table by task: $(cat "$dir/table")"

# the best evaluation of the run has a checkpoint of its own, with the figures that were measured
configure "" env.family=cheetah-dir env.horizon=20 train.rounds=6 train.random_rounds=1 model.warmup_factor=1 model.updates=2 \
  agent.updates=20 agent.hidden=32 eval.trials=4 eval.interval=1 checkpoint.interval=0 checkpoint.keep=1
run best 1
"$glibrl" eval "$dir/best" --best --tasks 4 --json >"$dir/best.json"
best=$(python3 -c "import json; print(max(json.loads(l)['eval_return_last'] for l in open('$dir/best/metrics.jsonl') if json.loads(l)['round'] > 0))")
expect "$dir/best.json" "abs(d['episodes'][-1]['return_mean'] - $best) < 1e-6" True

refused() {   # STATUS WORDS ARGUMENT...
  local wanted=$1 words=$2 status=0
  shift 2
  "$glibrl" eval "$@" >"$dir/said" 2>&1 || status=$?
  [ "$status" = "$wanted" ] || fail "eval $*: exit $status, not $wanted"
  grep -q -- "$words" "$dir/said" || fail "eval $*: \"$words\" is not in: $(cat "$dir/said")"
}
refused 1 "leaves none of 2 episodes" "$dir/run" --adapt 3
refused 1 "takes test or train" "$dir/run" --split validation
refused 1 "takes metaworld" "$dir/run" --protocol atari
refused 1 "whole number from 1" "$dir/run" --adapt 0
rm "$dir/best/checkpoints/best.h5"
refused 1 "best.h5" "$dir/best" --best
refused 2 "RUN is missing"
exit $failed
