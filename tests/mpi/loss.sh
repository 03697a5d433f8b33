#!/usr/bin/env bash
# loss.sh [DEATHS]: actors die by SIGKILL at random moments, and the run goes on without them to the bits of an undisturbed one;
# with --on-actor-loss abort it ends and can be resumed. Needs an MPI with ULFM.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
deaths=${1:-3}
mpirun+=(--with-ft ulfm --mca coll ^han)

configure cheetah-dir env.horizon=50 train.slots=16 train.rounds=40 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 model.refresh=3 \
  agent.updates=30 agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=5 eval.trials=8 checkpoint.interval=10
run whole 1
digest=$(digest_of whole)

others() {   # NAME [RANK]: processes of the run beside the learner; of that rank
  local process rank
  for process in $(processes "$1"); do
    rank=$(rank_of "$process")
    [ -z "$rank" ] || [ "$rank" = 0 ] || [ "$rank" != "${2:-$rank}" ] || echo "$process"
  done
}

# lose NAME RANKS DEATHS [OPTION...]: kills so many of them, of $victim_rank where that is set; *status gets the exit code
lose() {
  local name=$1 ranks=$2 count=$3 pid victims
  shift 3
  train "$name" "$ranks" "$@" &
  pid=$!
  for ((death = 1; death <= count; death++)); do
    await "$name" $((1 + 8 * death)) $pid
    sleep "0.0$((RANDOM % 10))"
    mapfile -t victims < <(others "$name" ${victim_rank:-})
    [ ${#victims[@]} = 0 ] || kill -9 "${victims[$((RANDOM % ${#victims[@]}))]}" 2>/dev/null || true
  done
  status=0
  wait $pid || status=$?
}

lose continue 4 "$deaths"
[[ "$(state continue)" = finished\ * ]] ||
  { fail "the run did not finish (exit $status):"; tail -n 40 "$dir/log"; }
[ "$(digest_of continue)" = "$digest" ] || fail "another digest after $deaths deaths"
[ "$(grep -cE "rank [1-3] on $(hostname) was lost in round [0-9]+, noticed while waiting for" "$dir/log")" = "$deaths" ] ||
  { fail "deaths that were not reported"; cat "$dir/log"; }
tail -n 1 "$dir/continue/metrics.jsonl" | grep -q "\"actors_lost\":$deaths[,}]" || fail "deaths that were not counted"

# with two ranks that learn: an actor, and the one that learns beside the learner
for victim_rank in 2 1; do
  lose "learners-$victim_rank" 4 1 --set learner.ranks=2
  [[ "$(state "learners-$victim_rank")" = finished\ * ]] || { fail "not finished without rank $victim_rank:"; tail -n 40 "$log"; }
  [ "$(digest_of "learners-$victim_rank")" = "$digest" ] || fail "another digest without rank $victim_rank"
done
victim_rank=""

lose abort 3 1 --on-actor-loss abort
[ "$status" != 0 ] || fail "--on-actor-loss abort went on"
(train abort 1) || { fail "no way to resume"; cat "$dir/log"; }
[ "$(digest_of abort)" = "$digest" ] || fail "another digest after abort and resume"
exit $failed
