#!/usr/bin/env bash
# slurm.sh: jobs made by glibrl sbatch, on a cluster of three nodes that lives as long as this script. A job that is told to stop
# ends with 75 and a checkpoint, queues again and goes on, on one node and on three, started by mpirun and by srun, to the digest of
# one undisturbed process; its evaluation waits for it; a cancelled job does not come back.
. "$(dirname "${BASH_SOURCE[0]}")/../mpi/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
trap 'cluster_down; clean_up' EXIT

missing=$(cluster_missing)
[ -z "$missing" ] || { echo "no Slurm cluster without: $missing"; exit 77; }
unset OMPI_MCA_plm   # Open MPI 4: the jobs have more than one node
export PATH=$GLIBRL_BUILD:$PATH
cd "$dir"

settings=(--preset point --set train.rounds=14 --set train.random_rounds=2 --set model.updates=3 --set model.warmup_factor=2
  --set agent.updates=60 --set agent.hidden=64 --set eval.interval=4 --set eval.trials=8 --set checkpoint.interval=5)
run whole 1
digest=$(digest_of whole)

cluster_up "$dir/cluster" 3 || { echo "the cluster does not come up:"; tail -n 5 "$dir"/cluster/*.out "$dir"/cluster/*.log; exit 77; }

# submit NAME OPTION...: a job of that name, its script made for a run in NAME; prints its number
submit() {
  "$glibrl" sbatch "${settings[@]}" --name "$1" --time $((10 * patience)) --signal 60 --out "$dir/$1" "${@:2}" >"$1.sbatch"
  sbatch --parsable --output="$1.log" "$1.sbatch"
}

field() { scontrol show job "$1" | sed -nE "s/.* ?$2=([^ ]*).*/\1/p" | head -n 1; }
is() { [ "$(field "$1" "$2")" = "$3" ]; }
at_round() { [ "$(rows "$1")" -gt "$2" ]; }
over() { [[ "$(field "$1" JobState)" = @(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED) ]]; }
show() { grep -av '^round' "$@" || true; }   # what a job said, without the rounds

# await_that SECONDS WHAT COMMAND...
await_that() {
  await_cluster "$1" "${@:3}" || { fail "$2: not within $(($1 * patience)) s"; squeue; show ./*.log; exit 1; }
}

# whole_after NAME JOB RESTARTS: the job is finished, after so many restarts, with the bits of the undisturbed run
whole_after() {
  await_that 120 "$1 finished" over "$2"
  is "$2" JobState COMPLETED || { fail "$1: $(field "$2" JobState), exit $(field "$2" ExitCode)"; show "$1.log"; return; }
  is "$2" Restarts "$3" || fail "$1: $(field "$2" Restarts) restarts, not $3"
  [ "$(digest_of "$1")" = "$digest" ] || fail "$1: another digest than one process has"
  [ "$(state "$1")" = "finished 0" ] || fail "$1: status $(state "$1")"
  [ "$(rows "$1")" = 15 ] || fail "$1: $(rows "$1") rows of metrics, not one a round"
}

# go_on NAME JOB: SIGUSR1 to the job's script in round 4; it queues again
go_on() {
  await_that 60 "$1 in round 4" at_round "$1" 4
  scancel --batch --signal=USR1 "$2"
  await_that 60 "$1 queues again" is "$2" Restarts 1
  grep -q "to be continued" "$1.log" || { fail "$1: queues again for another reason than exit 75"; show "$1.log"; }
  grep -q "stopped by SIGUSR1" "$1.log" || { fail "$1: did not hear SIGUSR1"; show "$1.log"; }
}

# start_by_srun: leaves the number of a job in round 4 in by_srun. Of ranks that srun has started, Open MPI 5.0.11 under Slurm 22.05
# loses one to a segmentation fault within MPI_Init in one of some seventy starts: then once more, from the start.
crashed() { over "$1" && grep -qa MPI_Init by_srun.log; }
start_by_srun() {
  local tries
  for tries in 1 2 3; do
    rm -rf by_srun by_srun.log
    by_srun=$(submit by_srun --ranks 3 --nodes 3 --launcher srun)
    await_that 60 "by_srun in round 4" eval "at_round by_srun 4 || crashed $by_srun"
    crashed "$by_srun" || return 0
    echo "srun, try $tries: crashed in MPI_Init"
  done
}

# ---- one node: told to stop, goes on, evaluated when it is finished; beside it, Slurm's own signal before the limit ----
job=$(submit one --ranks 3)
evaluation=$(sbatch --parsable --dependency="afterok:$job" --output=evaluation.log "$GLIBRL_SOURCE/deploy/slurm/evaluate.sbatch" "$dir/one")
limited=$(submit limited --ranks 1 --requeues 0 --time 1 --signal 50 --set train.rounds=100000)
go_on one "$job"
is "$evaluation" JobState PENDING || fail "the evaluation does not wait: $(field "$evaluation" JobState)"

# ---- three nodes, meanwhile: by mpirun; by srun, told to stop; seeds; cancelled ----
spread=$(submit spread --ranks 3 --nodes 3)
seeds=$(submit 'seed-{seed}' --name seeds --seeds 1-2 --ranks 1 --set train.rounds=1)
whole_after spread "$spread" 0
whole_after one "$job" 1

start_by_srun
go_on by_srun "$by_srun"
cancelled=$(submit cancelled --ranks 2 --set train.rounds=100000)
await_that 60 "cancelled in round 1" at_round cancelled 1
scancel "$cancelled"
await_that 60 "the evaluation" over "$evaluation"
expect one/evaluation.json "d['trials']" 40
await_that 120 "by_srun finished" over "$by_srun"
if crashed "$by_srun"; then
  echo "srun: crashed in MPI_Init after the restart"
else
  whole_after by_srun "$by_srun" 1
fi

await_that 60 "limited ends" over "$limited"
is "$limited" ExitCode 75:0 || { fail "limited: exit $(field "$limited" ExitCode)"; show limited.log; }
[ "$(state limited)" = "stopped 75" ] || fail "limited: status $(state limited)"
grep -q "stopped by SIGUSR1" limited.log || { fail "limited: Slurm's signal did not come"; show limited.log; }
await_that 60 "cancelled ends" over "$cancelled"
is "$cancelled" JobState CANCELLED || { fail "cancelled: $(field "$cancelled" JobState)"; show cancelled.log; }
await_that 60 "the seeds" over "$seeds"
[ -f seed-1/config.ini ] && [ -f seed-2/config.ini ] && grep -q 'seed = 2' seed-2/config.ini || fail "no run for each seed"
exit $failed
