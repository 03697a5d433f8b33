#!/usr/bin/env bash
# diff.sh NUDGE: `glibrl diff` says nothing differs where nothing does, and otherwise in which round, metric and block it starts:
# other seeds, one changed float of a checkpoint, other sizes; runs that were killed, and what it refuses.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
nudge=$1

configure point env.horizon=10 train.rounds=6 train.random_rounds=2 train.slots=8 model.updates=2 model.warmup_rounds=2 \
  model.warmup_factor=2 model.refresh=2 model.freeze=4 agent.updates=4 agent.hidden=16 agent.embedding=8 replay.trials=32 \
  eval.interval=2 eval.trials=4 checkpoint.interval=2 checkpoint.best=false checkpoint.keep=9

# differ STATUS A B [--json]: both streams stay in $dir/said
differ() {
  local status=0
  "$glibrl" diff "${@:2}" >"$dir/said" 2>&1 || status=$?
  [ "$status" = "$1" ] || fail "diff ${*:2}: exit $status, not $1: $(cat "$dir/said")"
}
says() { grep -qE -- "$1" "$dir/said" || fail "\"$1\" is not in: $(cat "$dir/said")"; }
field() { expect "$dir/said" "$@"; }

# the same seed
run one 1
run three 3
differ 0 "$dir/one" "$dir/three"
says '^configuration: no difference$'
says '^metrics: no difference in 7 rounds \(0 \.\. 6\)$'
says '^checkpoints: no difference in 3, the last of round 6 with [0-9]+ blocks$'
differ 0 "$dir/one" "$dir/three" --json
field "d['same'], d['configuration'], d['metrics']['rounds'], d['checkpoints']['compared']" '(True, [], 7, 3)'

# keys that may change at a restart, and a longer run
run longer 1 --set train.rounds=8 --set eval.interval=3 --set eval.trials=2 --set checkpoint.interval=4
differ 0 "$dir/longer" "$dir/one"
says '^metrics: no difference in 7 rounds'
says '^evaluations: left out, eval\.trials is 2 and 4$'
says '^checkpoints: no difference in 1, the last of round 4'

# another seed: held-out tasks differ before training, training from the first round on
run seed 1 --set train.seed=1
differ 1 "$dir/one" "$dir/seed"
says '^configuration: train\.seed: 0 -> 1$'
says '^metrics: round 0, eval_return_first: -?[0-9.]+ and -?[0-9.]+; 2 of its metrics differ$'
says '^checkpoints: round 2, learned/acting/.*\[[0-9, ]+\]: .* and .*; [0-9]+ of [0-9]+ blocks differ$'
differ 1 "$dir/longer" "$dir/seed" --json
field "d['same'], d['configuration'], d['metrics']['evaluations']" "(False, ['train.seed: 0 -> 1'], False)"
field "d['metrics']['difference']['round'], d['metrics']['difference']['metric']" "(1, 'train_return')"

# one float of a checkpoint, by its last bit, and what comes of it
cp -r "$dir/one" "$dir/nudged"
rm "$dir"/nudged/checkpoints/round-0000000[46].h5
"$nudge" "$dir/nudged" learned/agent/policy.trunk.0.W 18
differ 1 "$dir/one" "$dir/nudged"
says '^metrics: no difference in 7 rounds'
says '^checkpoints: round 2, learned/agent/policy\.trunk\.0\.W\[1, 2\]: .*; 1 of [0-9]+ blocks differ$'
differ 1 "$dir/nudged" "$dir/one" --json
field "d['checkpoints']['difference']['block'], d['checkpoints']['difference']['index']" "('learned/agent/policy.trunk.0.W', [1, 2])"
field "0 < abs(d['checkpoints']['difference']['a'] - d['checkpoints']['difference']['b']) < 1e-6" True
run nudged 2
differ 1 "$dir/one" "$dir/nudged"
says '^metrics: round [34], '
says '^checkpoints: round 2, learned/agent/policy\.trunk\.0\.W\[1, 2\]: '

# networks of another size
run wide 1 --set agent.hidden=24
differ 1 "$dir/one" "$dir/wide"
says '^configuration: agent\.hidden: 16 -> 24$'
says '^checkpoints: round 2, learned/agent/.*: float32 \(.*16\) and float32 \(.*24\); '

# a killed run: the last line cut, the arrays as old as the newest checkpoint; a damaged checkpoint is passed over
cp -r "$dir/one" "$dir/killed"
truncate -s -50 "$dir/killed/metrics.jsonl"
rm "$dir/killed/metrics.h5"
printf 'X' | dd of="$dir/killed/checkpoints/round-00000002.h5" bs=1 seek=5000 conv=notrunc status=none
differ 0 "$dir/one" "$dir/killed"
says 'metrics\.jsonl: 1 broken line passed over'
says 'checkpoint passed over: .*round-00000002\.h5'
says '^metrics: no difference in 6 rounds \(0 \.\. 5\)$'
says '^checkpoints: no difference in 2, '

# what is left of a run: checkpoints alone, nothing
rm "$dir/killed/metrics.jsonl"
differ 0 "$dir/killed" "$dir/one"
says '^metrics: no round that both have$'
rm -r "$dir/killed/checkpoints"
differ 1 "$dir/killed" "$dir/one"
says 'have nothing to compare'
differ 1 "$dir/one" "$dir/nowhere"
says 'nowhere has no config\.ini'

differ 2 "$dir/one"
says 'RUN_A and RUN_B are needed'
differ 2 "$dir/one" "$dir/three" "$dir/seed"
says 'an argument too many'
differ 2 "$dir/one" "$dir/three" --jsn
says 'did you mean --json'
exit $failed
