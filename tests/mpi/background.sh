#!/usr/bin/env bash
# background.sh: training goes on while a checkpoint is on its way to the disk, as far as the trials that are written stay in their
# places; the file is whole all the same.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Trials of ten rounds: while those of rounds 0 to 4 are being written, rounds up to 10 have room.
configure cheetah-dir env.horizon=50 train.rounds=20 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 agent.updates=20 \
  agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=0 eval.trials=4 checkpoint.interval=5
run whole 1

try() {   # NAME RANKS
  local name=$1 pid checkpoint=$dir/$1/checkpoints/round-00000005.h5
  (
    export LD_PRELOAD="$GLIBRL_BUILD/tests/mpi/libslow_sync.so" HOLD_SYNC="$dir/$1.go"
    train "$name" "$2"
  ) &
  pid=$!
  await "$name" 10 $pid
  [ "$(rows "$name")" -ge 10 ] || fail "$name: $(rows "$name") rows of metrics while a checkpoint was written"
  sleep "$patience"
  [ "$(rows "$name")" -le 11 ] || fail "$name: $(rows "$name") rows: trials lost their places while they were written"
  [ ! -e "$checkpoint" ] || fail "$name: the checkpoint was not held up"
  touch "$dir/$name.go"
  for ((i = 0; i < 1000 * patience; i++)); do [ ! -e "$checkpoint" ] || break; sleep 0.01; done
  [ -e "$checkpoint" ] || fail "$name: no checkpoint"
  cp -r "$dir/$name" "$dir/$name-copy" 2>/dev/null || true   # what was being written may be gone
  wait $pid || { fail "$name failed:"; cat "$log"; }
  [ "$(digest_of "$name")" = "$(digest_of whole)" ] || fail "$name: another digest"

  # from that checkpoint on
  find "$dir/$name-copy/checkpoints" -type f ! -name round-00000005.h5 -delete
  run "$name-copy" 1
  grep -q "going on after round 5" "$log" || fail "$name: not gone on from round 5"
  [ "$(digest_of "$name-copy")" = "$(digest_of whole)" ] || fail "$name: another digest after going on"
}
try alone 1
try three 3
exit $failed
