#!/usr/bin/env bash
# events.sh: TensorBoard's event files say what metrics.jsonl says, through a resume from an earlier round too; metrics.tensorboard
# turns them off, at a restart too; a run goes on where they cannot be written.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
here=$(dirname "${BASH_SOURCE[0]}")

configure point train.rounds=4 train.slots=8 train.random_rounds=1 model.updates=2 model.warmup_rounds=1 model.refresh=2 agent.updates=4 \
  replay.trials=32 eval.interval=2 eval.trials=4 checkpoint.interval=3 checkpoint.keep=9

run run 1
python3 "$here/events.py" "$dir/run" 1 || fail "the events of a run"
rm "$dir/run/checkpoints/round-00000004.h5"
run run 2 --set train.rounds=6
python3 "$here/events.py" "$dir/run" 2 || fail "the events of a resumed run"
run run 1 --set train.rounds=7 --set metrics.tensorboard=false
[ "$(find "$dir/run/tensorboard" -type f | wc -l)" = 2 ] || fail "events in spite of metrics.tensorboard=false"

mkdir "$dir/odd" && touch "$dir/odd/tensorboard"
run odd 1
grep -q "no TensorBoard events from here on: .*/tensorboard" "$log" || { fail "events without a folder: no warning"; cat "$log"; }
[ "$(rows odd)" = 5 ] || fail "events without a folder: $(rows odd) rows"
exit $failed
