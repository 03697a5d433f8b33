#!/usr/bin/env bash
# chaos.sh [FAULTS [SEED [KIND]...]]: a cheetah-dir run that is killed, stopped, frozen and resumed on other numbers of ranks until
# it has had so many faults (12) ends in the digest of a run that was never disturbed. Faults come at random moments, also inside the
# writing of checkpoints, which is slowed down for the purpose; every damaged or missing file must be got over. Prints what was
# done, as a table.
#
#   kill      SIGKILL of all processes of the job
#   actor     SIGKILL of one actor: the others go on (where MPI has ULFM)
#   preempt   SIGTERM to the job: at once
#   signal    SIGUSR1 to the job: after the round
#   freeze    SIGSTOP of one process for a while, then SIGCONT, then SIGKILL of the job
#   truncate  SIGKILL of the job, then the newest checkpoint is cut to half
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
faults=${1:-12} RANDOM=${2:-1} kinds=("${@:3}") interval=2 rounds=$((20 + 6 * ${1:-12}))
if "${mpirun[@]}" --with-ft ulfm -n 1 true >/dev/null 2>&1; then mpirun+=(--with-ft ulfm --mca coll ^han) ulfm=yes; else ulfm=""; fi
[ ${#kinds[@]} -gt 0 ] || kinds=(kill kill preempt signal freeze truncate ${ulfm:+actor actor})

configure cheetah-dir env.horizon=50 train.slots=16 train.random_rounds=2 model.updates=3 model.warmup_rounds=2 model.warmup_factor=2 \
  model.refresh=3 model.freeze=6 agent.updates=30 agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=5 \
  eval.trials=4 checkpoint.interval=$interval checkpoint.keep=3 train.rounds=$rounds

run whole 1
digest=$(digest_of whole)

last_round() { cat "$dir/run/metrics.jsonl" 2>/dev/null | tail -n 1 | sed -nE 's/.*"round":([0-9]+).*/\1/p'; }
pause() { sleep "$(awk -v r="$RANDOM" "BEGIN { print ($1 + ($2 - $1) * r / 32768) * $patience }")"; }

count() { count=$((count + 1)) done_of[$1]=$((${done_of[$1]:-0} + 1)); }

# Rounds that the fault before this start has cost, where the start got so far as to say it.
account() {
  local from
  [ "$before_this" != none ] || return 0
  from=$(sed -nE 's/.*going on after round ([0-9]+)$/\1/p' "$log" | head -n 1)
  [ -n "$from" ] || return 0
  # the checkpoint under way may be lost with the rounds since the one before it; the next is not begun before it is written
  local cost=$((reached - from)) allowed=$((2 * interval))
  [ "$before_this" != truncate ] || allowed=$((3 * interval))
  lost=$((lost + cost))
  [ $cost -le $most ] || most=$cost
  [ $cost -le $allowed ] || { echo "$before_this cost $cost rounds, $allowed are allowed"; exit 1; }
}

# An actor dies, once MPI has started; seconds until the learner has said so, and from then until it has gone on.
kill_actor() {
  local said now begin victims=()
  grep -q "slots in groups of" "$log" || return 0
  for process in $(processes run); do
    case $(rank_of "$process") in "" | 0) ;; *) victims+=("$process") ;; esac
  done
  [ ${#victims[@]} -gt 0 ] || return 0
  said=$(grep -c "was lost in round" "$log" || true)
  kill -9 "${victims[$((RANDOM % ${#victims[@]}))]}" 2>/dev/null || return 0
  begin=$(date +%s.%N)
  for ((i = 0; i < 3000 * patience; i++)); do
    now=$(grep -c "was lost in round" "$log" || true)
    [ "$now" -le "$said" ] || break
    processes run | grep -q . || break
    sleep 0.01
  done
  [ "$now" -gt "$said" ] || return 0   # the run was over already, or had not begun
  awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { print b - a }' >>"$dir/noticed"
  count actor
  pause 0.5 2
  sed -nE 's/.*going on after round [0-9]+, ([0-9.]+) s after the loss.*/\1/p' "$log" | tail -n 1 >>"$dir/recovered"
}

# One fault that ends the job, at this moment.
disturb() {
  local victim
  case $1 in
    freeze)
      victim=$(processes run | shuf -n 1 --random-source=<(yes "$RANDOM"))
      if [ -n "$victim" ] && kill -STOP "$victim" 2>/dev/null; then pause 0.2 1; kill -CONT "$victim" 2>/dev/null || true; fi
      pause 0.2 1
      kill -9 $(processes run) 2>/dev/null || true ;;
    preempt) kill -TERM "$job" 2>/dev/null || true ;;
    signal) kill -USR1 "$job" 2>/dev/null || true ;;
    *) kill -9 $(processes run) 2>/dev/null || true ;;
  esac
}

# Cuts the newest of several checkpoints to half.
cut_newest() {
  local files
  mapfile -t files < <(find "$dir/run" -name 'round-*.h5' | sort)
  [ ${#files[@]} -lt 2 ] || truncate -s $(($(stat -c %s "${files[-1]}") / 2)) "${files[-1]}"
}

declare -A done_of
lost=0 most=0 starts=0 count=0 reached=0 kind=none
while true; do
  [ $((starts += 1)) -lt $((20 * faults + 40)) ] || { echo "no end after $starts starts"; exit 1; }
  ranks=$((1 + RANDOM % 4)) slow=$((RANDOM % 2))
  (
    [ $slow = 0 ] || export LD_PRELOAD="$GLIBRL_BUILD/tests/mpi/libslow_sync.so" SLOW_SYNC=0.2
    train run $ranks
  ) &
  job=$! before_this=$kind kind=none
  while [ "$count" -lt "$faults" ]; do
    pause 0.5 3
    kind=${kinds[$((RANDOM % ${#kinds[@]}))]}
    [ "$kind" = actor ] || { disturb "$kind"; break; }
    kind=none
    [ "$ranks" = 1 ] || kill_actor
    kill -0 "$job" 2>/dev/null || break
  done
  wait "$job" 2>/dev/null || true   # with ULFM mpirun's exit code says nothing
  account
  pkill -9 -f -- "--out $dir/run" 2>/dev/null || true
  how=$(state run 2>/dev/null || true)
  [ "$how" != "finished 0" ] || break
  [ "$kind" != none ] || { echo "a start that had to go on is $how:"; cat "$log"; exit 1; }
  reached=$(last_round || true) reached=${reached:-0}
  [ "$kind" != truncate ] || cut_newest
  count "$kind"
done

[ "$(digest_of run)" = "$digest" ] || { echo "another digest after $count faults"; exit 1; }
rows=$(wc -l <"$dir/run/metrics.jsonl")
[ "$rows" = $((rounds + 1)) ] || { echo "$rows rows of metrics"; exit 1; }
[ -z "$(find "$dir/run" -name '*.tmp-*')" ] || { echo "left behind:"; find "$dir/run" -name '*.tmp-*'; exit 1; }
summary() { sort -n "$1" 2>/dev/null | awk '{ v[NR] = $1 } END { if (NR) printf "median %.2f s, at most %.2f s", v[int((NR + 1) / 2)], v[NR] }'; }
echo "faults $count, starts $starts, rounds lost $lost, at most $most a fault:$(for kind in "${!done_of[@]}"; do printf ' %s %d' "$kind" "${done_of[$kind]}"; done)"
[ ! -e "$dir/noticed" ] || echo "dead actors: noticed after $(summary "$dir/noticed"), went on after $(summary "$dir/recovered") more"
