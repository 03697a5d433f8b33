#!/usr/bin/env bash
# top.sh: on a terminal a run is a few lines that renew themselves, also where the log has something to say meanwhile; `glibrl top` shows
# the same from the run's folder while it goes on, and says what has come of it: finished, stopped, failed, or a process that is no more.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
here=$(dirname "${BASH_SOURCE[0]}")

configure point train.rounds=6 train.slots=8 train.random_rounds=1 model.updates=2 model.warmup_rounds=1 model.refresh=2 agent.updates=20 \
  replay.trials=32 eval.interval=2 eval.trials=4 checkpoint.interval=2
top() { "$glibrl" top "$@" 2>&1; }
on_terminal() { TERM=xterm python3 "$here/screen.py" "$@" >"$log" 2>&1 || { fail "on a terminal: ${*:3:3}"; cat "$log"; }; }
# says WORDS COUNT: so many lines of the log have them
says() { [ "$(grep -c -- "$1" "$log")" = "$2" ] || { fail "not $2 times: $1"; cat "$log"; }; }

for size in "80 24" "120 40" "40 6"; do
  on_terminal $size "$glibrl" train "${settings[@]}" --resume never --out "$dir/size${size// /-}"
  says "running  round 6/6" 1
  says "^\[#*\] *100%  0:00 left" 1
  says "^finished after round 6" 1
done
DELETE="$dir/deleted/metrics.jsonl" on_terminal 80 24 "$glibrl" train "${settings[@]}" --set train.rounds=16 --out "$dir/deleted"
says "warning: .*was deleted" 1
says "running  round" 1
says "^held-out" 1
NO_COLOR=1 TERM=dumb python3 "$here/screen.py" 300 24 "$glibrl" train "${settings[@]}" --out "$dir/dumb" >"$log" || fail "on a dumb terminal"
says "^round [0-6]/6  steps" 7

# watched while it goes on, until it has ended
train going 2 --set train.rounds=20 &
pid=$!
await going 2 $pid
top "$dir/going" --interval 0.1 >"$dir/seen" || fail "top of a run that goes on"
wait $pid
grep -q "running  round [0-9]*/20" "$dir/seen" && grep -q "last round [0-9]* s ago" "$dir/seen" || { fail "no running round"; cat "$dir/seen"; }
tail -n 8 "$dir/seen" | grep -q "finished  round 20/20" || { fail "not finished"; cat "$dir/seen"; }
[ -n "$(tail -n 8 "$dir/seen" | grep "^held-out  -*[0-9.]* .* in round 20")" ] || { fail "no evaluation"; cat "$dir/seen"; }

# killed, and stopped
ending() {   # NAME SIGNAL
  local pid
  train "$1" 1 --set train.rounds=100000 &
  pid=$!
  await "$1" 3 $pid
  kill -s "$2" $pid
  wait $pid || true
}
ending killed KILL
ending stopped TERM
mkdir "$dir/failed"
echo '{"state": "failed", "exit": 1, "round": 3, "rounds": 9, "why": "the disk is full", "process": 1, "host": "x"}' >"$dir/failed/status.json"
top "$dir/killed" >"$dir/seen" || fail "top of a run that was killed"   # does not wait for it
grep -q "died  round" "$dir/seen" && grep -q "process [0-9]* on .* is no more" "$dir/seen" || { fail "not dead"; cat "$dir/seen"; }
top "$dir/stopped" | grep -q "stopped by SIGTERM: the same command goes on" || fail "not stopped"
top "$dir/failed" | grep -q "failed: the disk is full" || fail "not failed"
on_terminal 80 24 "$glibrl" top "$dir"/{killed,stopped,failed,going}
for line in "killed *died" "stopped *stopped" "failed *failed" "going *finished *20/20"; do says "$line" 1; done
[ "$(wc -l <"$log")" = 6 ] || { fail "not a line a run"; cat "$log"; }
top "$dir" >"$dir/seen" && fail "a folder without a run was taken"
grep -q "no run has begun there" "$dir/seen" || { fail "a folder without a run: no clear message"; cat "$dir/seen"; }
exit $failed
