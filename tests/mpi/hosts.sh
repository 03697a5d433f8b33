#!/usr/bin/env bash
# hosts.sh: four hosts, each a network namespace with a name of its own, on one bridge by links of 200 Mbit/s. Five ranks on them end in the
# bits of one process. Hosts die, are cut off and come back: the job ends, and the same command goes on with those that are there,
# to the same bits. Everything lies in namespaces of this script's own and is gone with it; where they cannot be made it is skipped.
PATH=$PATH:/usr/sbin:/sbin
skip() { echo "skipped: $*"; exit 77; }

if [ "${1:-}" != inside ]; then
  for tool in ip tc unshare; do command -v "$tool" >/dev/null || skip "no command $tool (packages iproute2, util-linux)"; done
  apart=(unshare --net --mount --pid --fork --kill-child --mount-proc)
  [ "$(id -u)" = 0 ] || apart+=(--user --map-root-user)
  "${apart[@]}" true 2>/dev/null || skip "this machine lets nobody make namespaces here"
  "$GLIBRL_BUILD/mpirun" --version | grep -q "Open MPI\|PRRTE" || skip "the settings below are those of Open MPI"
  exec "${apart[@]}" "${BASH_SOURCE[0]}" inside
fi
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ---- the hosts ----

mount -t tmpfs tmpfs /run        # names of namespaces
mount -t tmpfs tmpfs /dev/shm    # of ranks that are killed
ip link set lo up
ip link add switch type bridge 2>/dev/null || skip "this kernel has no bridges"
ip link set switch up

add_host() {   # NUMBER
  ip netns add "host-$1"
  ip link add dev "port-$1" master switch type veth peer name eth0 netns "host-$1"
  ip link set "port-$1" up
  ip -n "host-$1" link set lo up
  ip -n "host-$1" addr add "10.77.0.$1/24" dev eth0
  ip -n "host-$1" link set eth0 up
  tc -n "host-$1" qdisc add dev eth0 root tbf rate 200mbit burst 64kb latency 50ms || skip "this kernel has no token bucket filter"
}
for host in 1 2 3 4; do add_host $host; done

# enter HOST COMMAND...: as a process of that host
cat >"$dir/enter" <<'SCRIPT'
#!/bin/sh
exec ip netns exec "$1" unshare --uts -- sh -c 'hostname "$0" && exec "$@"' "$@"
SCRIPT
# agent ADDRESS WORD...: what ssh would do for mpirun, which is 255 when the other side is gone
cat >"$dir/agent" <<'SCRIPT'
#!/bin/sh
host=host-${1##*.}
shift
"${0%/*}/enter" "$host" sh -c "$*"
code=$?
[ $code -lt 128 ] || code=255
exit $code
SCRIPT
chmod +x "$dir/enter" "$dir/agent"

# Open MPI 5 (its launcher, PRRTE, has a prefix of its own) and 4. The launcher tries a connection that has been idle for 2 s,
# and gives it up when nothing has come back for 3 more.
unset OMPI_MCA_plm
export TMPDIR=$dir OMPI_MCA_btl_tcp_if_include=10.77.0.0/24
export PRTE_MCA_plm_ssh_agent=$dir/agent PRTE_MCA_prte_if_include=10.77.0.0/24
export OMPI_MCA_plm_rsh_agent=$dir/agent OMPI_MCA_oob_tcp_if_include=10.77.0.0/24
for launcher in PRTE OMPI; do
  export ${launcher}_MCA_oob_tcp_keepalive_time=2 ${launcher}_MCA_oob_tcp_keepalive_intvl=1 ${launcher}_MCA_oob_tcp_keepalive_probes=3
done

# place HOST...: a rank on each, from now on; mpirun runs on the first
place() {
  ranks=$#
  mpirun=("$dir/enter" "host-$1" timeout -k 5 $((120 * patience)) "$GLIBRL_BUILD/mpirun" --bind-to none -H "$(printf ',10.77.0.%s' "$@" | cut -c 2-)")
}
sent() { tc -n "host-$1" -s qdisc show dev eth0 | sed -nE 's/.*Sent ([0-9]+) bytes.*overlimits ([0-9]+).*/\1 \2/p'; }   # bytes, times held back
kill_host() { ip netns pids "host-$1" | xargs -r kill -9; }

# ---- runs ----

configure cheetah-dir env.horizon=50 train.slots=16 train.rounds=40 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 model.refresh=3 \
  agent.updates=30 agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=10 eval.trials=8 checkpoint.interval=4
run whole 1
digest=$(digest_of whole)
same() { [ "$(digest_of "$1")" = "$digest" ] || fail "$1: another digest than one process"; }

place 1 1 2 3 4
"${mpirun[@]}" -n $ranks "$glibrl" doctor --out "$dir" >"$log" 2>&1 || { fail "doctor:"; cat "$log"; }
[ "$(grep -oE "cpus +host-[1-4]: [12] rank" "$log" | sort -u | wc -l)" = 4 ] || { fail "doctor does not see 4 hosts:"; cat "$log"; }

run four $ranks
same four
for host in 1 2 3 4; do
  read -r bytes held <<<"$(sent $host)"
  echo "host $host sent $bytes bytes and was held back by its link $held times"
  [ "$bytes" -gt 1000000 ] || fail "host $host has not sent its results over its link"
  [ "$host" != 1 ] || [ "$held" -gt 0 ] || fail "the link of the learner's host has not held back anything"
done

# ---- deaths ----

# start ROWS [OPTION...]: the run lost, on the hosts placed, until it has so many rows of metrics
start() {
  train lost $ranks "${@:2}" &
  job=$!
  await lost "$1" $job
  kill -0 $job 2>/dev/null || { fail "the run ended before row $1:"; cat "$log"; }
}

# ended WHAT: mpirun must end by itself, and all ranks on all hosts
ended() {
  local begin=$SECONDS status=0 took i
  wait $job 2>/dev/null || status=$?
  took=$((SECONDS - begin))
  echo "$1: after $(rows lost) rows, mpirun ended within $((took + 1)) s with exit code $status, status $(state lost)"
  [ $took -lt $((100 * patience)) ] || { fail "$1: mpirun had to be ended"; cat "$log"; }
  for ((i = 0; i < 600 * patience; i++)); do [ -n "$(processes lost)" ] || return 0; sleep 0.1; done
  fail "$1: still there:"
  ps -o pid,etimes,args -p "$(processes lost | paste -sd,)"
}

start 8
kill_host 3
ended "a host of an actor died"

# The link goes, nobody is told: mpirun tries its connections, and the rank that it cannot reach gives up by itself. Its warnings
# keep its side of the connection busy, which is never found idle there.
place 1 1 2 4
start 16 --set watch.patience=1 --set watch.limit=$((12 * patience))
ip link set port-4 down
ended "a host was cut off"
kill_host 4
ip link set port-4 up

place 1 1 2
start 24
kill_host 1
ended "the host of learner and mpirun died"

place 2 3 4   # two of them are back
run lost $ranks
same lost
grep -q "going on after round" "$log" || fail "the run did not go on from a checkpoint"
[ "$(rows lost)" = 41 ] || fail "$(rows lost) rows of metrics, not one a round"
exit $failed
