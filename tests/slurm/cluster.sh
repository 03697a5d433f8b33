#!/usr/bin/env bash
# cluster.sh: a Slurm cluster of one's own, for a test; its scripts source this. No systemd, no cgroups, no accounting, nothing outside
# one folder: munged, slurmctld and a few slurmd, all on this host, on free ports. Needs root.

cluster_pids=()
PATH=$PATH:/usr/sbin   # where daemons are

# cluster_missing: what is not there for cluster_up to work, as words; nothing where all is
cluster_missing() {
  local program
  for program in munged slurmctld slurmd sbatch; do command -v $program >/dev/null || printf '%s ' "$program"; done
  [ "$(id -u)" = 0 ] || printf 'root rights '
}

free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(('127.0.0.1', 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
}

# write_conf DIR NODES: DIR/slurm.conf. Each node has its own spool and temporary folder, for PMIx makes folders by job number
# there. Credentials expire soon: a requeued job waits for that.
write_conf() {
  local dir=$1 nodes=$2 host ports i
  host=$(hostname -s)
  read -ra ports <<<"$(free_ports $((nodes + 1)))"
  cat >"$dir/slurm.conf" <<CONF
ClusterName=glibrl
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${ports[0]}
AuthType=auth/munge
AuthInfo=socket=$dir/munge.sock,cred_expire=5
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool.%n
TmpFS=$dir/tmp.%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
Waittime=0
JobRequeue=1
PartitionName=debug Nodes=n[1-$nodes] Default=YES MaxTime=INFINITE State=UP
CONF
  for ((i = 1; i <= nodes; i++)); do
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=8 RealMemory=1000 State=UNKNOWN"
  done >>"$dir/slurm.conf"
  printf 'CgroupAutomount=no\nCgroupPlugin=cgroup/v1\n' >"$dir/cgroup.conf"
}

# daemon NAME COMMAND...: in the foreground of a process of ours, so that its number is known
daemon() {
  local name=$1
  shift
  "$@" >"$cluster_dir/$name.out" 2>&1 &
  cluster_pids+=($!)
}

# await_cluster SECONDS COMMAND...: until the command works
await_cluster() {
  local end=$((SECONDS + $1 * ${patience:-1}))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

cluster_idle() { [ "$(sinfo -h -t idle -o %D)" = "$1" ]; }
cluster_empty() { [ -z "$(timeout 5 squeue -h)" ]; }

# cluster_up DIR NODES: all nodes idle, SLURM_CONF set; 1 where that does not come about
cluster_up() {
  local nodes=$2 i
  cluster_dir=$1
  mkdir -p "$cluster_dir/state"
  chmod 755 "$cluster_dir"   # munged asks for it
  write_conf "$cluster_dir" "$nodes"
  export SLURM_CONF=$cluster_dir/slurm.conf
  (umask 077 && head -c 1024 /dev/urandom >"$cluster_dir/munge.key")
  daemon munged munged --foreground --force --key-file="$cluster_dir/munge.key" --socket="$cluster_dir/munge.sock" \
    --pid-file="$cluster_dir/munged.pid" --log-file="$cluster_dir/munged.log" --seed-file="$cluster_dir/munge.seed"
  await_cluster 10 test -S "$cluster_dir/munge.sock" || return 1
  daemon slurmctld slurmctld -D -c -i
  for ((i = 1; i <= nodes; i++)); do
    mkdir -p "$cluster_dir/spool.n$i" "$cluster_dir/tmp.n$i"
    daemon "slurmd.n$i" slurmd -D -N "n$i"
  done
  await_cluster 30 cluster_idle "$nodes"
}

# Jobs first, then the daemons, then what is left of the jobs: a step's manager outlives its slurmd.
cluster_down() {
  local pid
  [ -n "${cluster_dir:-}" ] || return 0
  if [ -S "$cluster_dir/munge.sock" ]; then
    timeout 10 scancel --user=root >/dev/null 2>&1 || true
    await_cluster 10 cluster_empty || true
  fi
  for ((pid = ${#cluster_pids[@]} - 1; pid >= 0; pid--)); do kill "${cluster_pids[pid]}" 2>/dev/null || true; done
  for pid in "${cluster_pids[@]}"; do
    await_cluster 5 eval "! kill -0 $pid" || kill -9 "$pid" 2>/dev/null || true
  done
  for pid in /proc/[0-9]*; do
    if grep -qsz "^SLURM_CONF=$cluster_dir/" "$pid/environ" && [ "${pid#/proc/}" != $$ ]; then kill -9 "${pid#/proc/}" 2>/dev/null || true; fi
  done
  cluster_dir=
}
