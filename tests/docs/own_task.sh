#!/usr/bin/env bash
# own_task.sh PROGRAM: the program with the family of docs/examples/pole.c trains it, to the same bits on one and on three ranks, and
# evaluates and films it.
. "$(dirname "${BASH_SOURCE[0]}")/../mpi/lib.sh"
glibrl=$(realpath "$1")

configure "" env.family=pole env.model_dir="$GLIBRL_SOURCE/docs/examples" train.rounds=3 train.random_rounds=1 model.warmup_factor=2 \
  model.updates=2 agent.updates=10 agent.hidden=32 eval.interval=1 eval.trials=8
run one 1
run three 3
[ "$(digest_of one)" = "$(digest_of three)" ] || fail "other bits on three ranks than on one"
"$glibrl" eval "$dir/one" --tasks 10 --json >"$dir/eval.json" 2>"$log" || { fail "no evaluation"; cat "$log"; }
expect "$dir/eval.json" "d['trials'], d['episodes'][0]['return_mean'] > -100" "(10, True)"
"$glibrl" kernel "$dir/one" >"$log" 2>&1 || { fail "no kernel identity"; cat "$log"; }
"$glibrl" render "$dir/one" --frames "$dir/frames" --size 320x180 >"$log" 2>&1 || grep -q 'cannot draw with it\|no library for drawing' "$log" ||
  { fail "no film"; cat "$log"; }
(train alone 1 --set env.model_dir="$dir") && fail "trained without its model"
grep -q 'pole.xml' "$log" || { fail "the missing model is not named"; cat "$log"; }
exit $failed
