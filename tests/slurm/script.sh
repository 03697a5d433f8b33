#!/usr/bin/env bash
# script.sh: what the scripts of glibrl sbatch do, with stand-ins for the launchers and Slurm's commands, so without Slurm: words reach
# the program as they were given, signals are passed on, the exit code is what the run says of itself, and only a run that was cut off
# queues again.
. "$(dirname "${BASH_SOURCE[0]}")/../mpi/lib.sh"
cd "$dir"
mkdir bin
export PATH=$dir/bin:$PATH SLURM_JOB_ID=17

# The launcher of the run in $LEAVES: says its words, leaves the run's state, ends with $ENDS, at once or when it is told to.
cat >bin/mpirun <<'STUB'
#!/usr/bin/env bash
printf '%s\n' "$@" >words
echo "$SLURM_JOB_END_TIME" >end
leave() { [ -z "$LEAVES" ] || printf '{"state": "?", "exit": %s, "process": %d}\n' "$LEAVES" $$ >run/status.json; }
trap 'echo USR1 >heard; leave; exit "$ENDS"' USR1
trap 'echo TERM >heard; leave; exit "$ENDS"' TERM
[ -z "${WAITS:-}" ] || { touch ready; for ((i = 0; i < 500; i++)); do sleep 0.02; done; }
leave
exit "$ENDS"
STUB
cp bin/mpirun bin/srun
printf '#!/usr/bin/env bash\necho "$*" >>asked\nexit "${DENIED:-0}"\n' >bin/scontrol
printf '#!/usr/bin/env bash\necho "$SQUEUE"\n' >bin/squeue
printf '#!/usr/bin/env bash\necho "$*" >cancelled\nkill -s "${1#--signal=}" "$(cat number)"\n' >bin/scancel
chmod +x bin/*

made() { "$glibrl" sbatch --program prog --preset point "$@" >job.sbatch; }
want() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }

# ---- words ----
odd="a 'b' \"c\" \$d \`e\` \\ * ~ é;#"
made --out "$odd/{seed}x" --set "env.model_dir=$odd" --set train.seed=3 --ranks 3
mkdir -p "$odd/3x"
LEAVES='' ENDS=0 bash job.sbatch && fail "a run that does not start ends with 0"
printf '%s\n' --bind-to none -n 3 prog train --preset point --set "env.model_dir=$odd" --set train.seed=3 --out "$odd/3x" >meant
cmp -s words meant || { fail "words:"; diff meant words; }

made --out 'r-{seed}' --seeds 5,7-9%2 --ranks 2 --nodes 2
SLURM_ARRAY_TASK_ID=7 LEAVES='' ENDS=1 bash job.sbatch || true
want "seed" "$(tail -n 4 words | xargs)" "--set train.seed=7 --out r-7"
want "nodes" "$(head -n 6 words | xargs)" "--bind-to none --map-by ppr:1:node -n 2"
grep -qx '#SBATCH --array=5,7-9%2' job.sbatch || fail "no --array"

# ---- exit codes: those of the launcher and the run, what is there before; and whether the job queues again ----
made --out run --ranks 3 --requeues 2
mkdir run
ends() {   # WHAT LAUNCHER RUN BEFORE EXIT REQUEUED
  local status=0
  rm -f asked run/status.json
  [ -z "$4" ] || printf '{"exit": %s, "process": 0}\n' "$4" >run/status.json
  ENDS=$2 LEAVES=$3 bash job.sbatch >log 2>&1 || status=$?
  want "$1, exit" "$status" "$5"
  want "$1, requeued" "$(cat asked 2>/dev/null)" "${6:+requeue 17}"
}
ends 'finished' 0 0 '' 0 ''
ends 'finished, the launcher fails' 1 0 '' 0 ''
ends 'cut off' 75 75 '' 75 yes
ends 'cut off once more' 75 75 75 75 yes
ends 'cut off, the launcher does not say so' 0 75 '' 75 yes
ends 'failed' 1 1 '' 1 ''
ends 'lost, the launcher does not notice' 0 -1 75 1 ''
ends 'killed' 137 -1 '' 137 ''
ends 'never started' 127 '' '' 127 ''
ends 'never started again' 127 '' 75 127 ''
ends 'never started, the launcher does not notice' 0 '' 75 1 ''
SLURM_RESTART_COUNT=1 ends 'cut off the second time' 75 75 75 75 yes
SLURM_RESTART_COUNT=2 ends 'cut off too often' 75 75 75 75 ''
DENIED=1 ends 'cut off, not to be requeued' 75 75 75 75 yes

# ---- the end of the job: as Slurm says, or as squeue does ----
knows() {   # SLURM SQUEUE END
  SLURM_JOB_END_TIME=$1 SQUEUE=$2 ends 'finished' 0 0 '' 0 ''
  want "end of the job" "$(cat end)" "$3"
}
knows 1700000000 2033-05-18T03:33:20Z 1700000000
knows '' 2033-05-18T03:33:20Z 2000000000
knows '' N/A ''

# ---- signals ----
signalled() {   # WHAT SIGNAL REQUEUED
  local status=0 process
  rm -f asked ready heard run/status.json
  WAITS=yes ENDS=75 LEAVES=75 bash job.sbatch >log 2>&1 &
  process=$!
  for ((i = 0; i < 500 * patience; i++)); do if [ -e ready ]; then break; fi; sleep 0.02; done
  pgrep -f "^bash $dir/bin/(mpirun|srun) " >number || fail "$1: no launcher"
  kill -s "$2" $process
  wait $process || status=$?
  want "$1" "$status $(cat heard) $(cat asked 2>/dev/null)" "75 $2 ${3:+requeue 17}"
}
signalled 'USR1' USR1 yes
signalled 'TERM' TERM ''
made --out run --ranks 3 --launcher srun
signalled 'USR1 by srun' USR1 yes
want "scancel" "$(cat cancelled)" "--signal=USR1 17"
signalled 'TERM by srun' TERM ''
made --out run --ranks 3 --requeues 0
signalled 'USR1 without requeue' USR1 ''
exit $failed
