#!/usr/bin/env bash
# bad_input.sh: what is wrong is said, the exit code is not zero, and what was there before stays usable. Disks: disk.sh.
set -uo pipefail
glibrl=$GLIBRL_BUILD/glibrl mpirun=("$GLIBRL_BUILD/mpirun" --bind-to none)
dir=$(mktemp -d)
export TMPDIR=$dir
failed=0
trap 'rm -rf "$dir"' EXIT

small=(--preset cheetah-dir --set env.horizon=10 --set train.random_rounds=1 --set agent.updates=2 --set agent.hidden=16
  --set model.updates=1 --set model.warmup_factor=1 --set replay.trials=32 --set eval.trials=2 --set checkpoint.interval=1)

# expect NAME CODE PATTERN COMMAND...: exit code and a pattern that standard error must match
expect() {
  local name=$1 code=$2 pattern=$3 found
  shift 3
  timeout $((60 * ${GLIBRL_PATIENCE:-1})) "$@" >"$dir/out" 2>"$dir/err"
  found=$?
  if [ $found -ne "$code" ] || ! grep -qE "$pattern" "$dir/err"; then
    echo "FAILED $name: exit $found (expected $code), standard error (expected to match '$pattern'):"
    cat "$dir/err"
    failed=1
  fi
}

# A run of three rounds, and its digest, which must survive all that follows.
"$glibrl" train "${small[@]}" --set train.rounds=3 --out "$dir/run" >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
digest=$("$glibrl" digest "$dir/run")
intact() { [ "$("$glibrl" digest "$dir/run")" = "$digest" ] || { echo "FAILED $1: the checkpoint has changed"; failed=1; }; }

train=("$glibrl" train "${small[@]}")
expect "unknown key" 1 'agent\.updatez.*agent\.updates' "${train[@]}" --set agent.updatez=1 --out "$dir/x"
expect "unknown section" 1 'agnet' "${train[@]}" --set agnet.updates=1 --out "$dir/x"
expect "no number" 1 'train\.rounds.*many' "${train[@]}" --set train.rounds=many --out "$dir/x"
expect "out of range" 1 'agent\.discount.*1\.5' "${train[@]}" --set agent.discount=1.5 --out "$dir/x"
expect "unknown family" 1 'cheeta-dir.*cheetah-dir' "${train[@]}" --set env.family=cheeta-dir --out "$dir/x"
expect "slots and groups" 1 'actor\.group' "${train[@]}" --set actor.group=5 --out "$dir/x"
expect "unknown preset" 1 'cheetah-dir' "$glibrl" train --preset cheetah --out "$dir/x"
expect "no file" 1 'nowhere\.ini' "$glibrl" train "$dir/nowhere.ini" --out "$dir/x"
expect "no --out" 2 'out' "${train[@]}"
expect "unknown option" 2 'preset' "$glibrl" train --preste point --out "$dir/x"
[ ! -e "$dir/x" ] || { echo "FAILED: a refused run left a folder"; failed=1; }

expect "another configuration" 1 'agent\.discount' "${train[@]}" --set train.rounds=4 --set agent.discount=0.9 --out "$dir/run"
intact "another configuration"
expect "resume never" 1 'checkpoints already' "${train[@]}" --set train.rounds=4 --resume never --out "$dir/run"
intact "resume never"
expect "model missing" 1 'half_cheetah\.xml' "${train[@]}" --set env.model_dir="$dir/none" --out "$dir/y"
expect "output folder" 1 'cannot|not a (folder|directory)|Not a directory' "${train[@]}" --out "$dir/out/run"
printf '[agnet]\nupdates = 3\n' >"$dir/section.ini"
expect "section in a file" 1 'section\.ini:2.*agnet' "$glibrl" train "$dir/section.ini" --out "$dir/y"
expect "model missing, several ranks" 1 'rank 1.*half_cheetah\.xml.*env\.model_dir' "${mpirun[@]}" -n 3 "${train[@]}" \
  --set env.model_dir="$dir/none" --out "$dir/y"
expect "output folder" 1 'cannot|not a (folder|directory)|Not a directory' "${train[@]}" --out "$dir/out/run"

# damaged checkpoints: the one before is taken; none left: refused
cp -r "$dir/run" "$dir/torn"
last=$(ls "$dir"/torn/checkpoints/*.h5 | tail -n 1)
truncate -s -100 "$last"
expect "truncated" 0 'damaged|truncated' "${train[@]}" --set train.rounds=3 --out "$dir/torn"
[ "$("$glibrl" digest "$dir/torn")" = "$digest" ] || { echo "FAILED truncated: not the same after going on"; failed=1; }
for file in "$dir"/torn/checkpoints/*.h5; do printf 'X' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none; done
expect "all damaged" 1 'damaged|truncated|checksum|digest' "${train[@]}" --set train.rounds=3 --out "$dir/torn"
expect "eval of nothing" 1 'no checkpoint|cannot' "$glibrl" eval "$dir/none"

# a checkpoint that cannot be read
cp -r "$dir/run" "$dir/torn-2"
for file in "$dir"/torn-2/checkpoints/*.h5; do truncate -s 100 "$file"; done
expect "no checkpoint left" 1 'none of its [0-9]+ checkpoints is good.*--out' "$glibrl" digest "$dir/torn-2"
expect "named checkpoint" 1 'round-.*is no checkpoint' "${train[@]}" --resume "$file" --out "$dir/y"
expect "checkpoint not there" 1 'none\.h5: No such file' "${train[@]}" --resume "$dir/none.h5" --out "$dir/y"

# training that diverges: an entropy that cannot be reached, with steps far too large. The last round that was good is left.
wild=("$glibrl" train --preset point --set train.random_rounds=1 --set agent.updates=50 --set agent.hidden=16 --set agent.embedding=8
  --set model.updates=2 --set model.warmup_rounds=0 --set eval.interval=0 --set checkpoint.interval=5 --set agent.rate=1
  --set agent.target_entropy=1000)
for start in "" "${mpirun[*]} -n 3"; do
  expect "divergence: $start" 1 'mean square gradient of parameter [A-Za-z0-9_.]+\[[0-9]+\] has become inf: .*lower agent\.rate' \
    $start "${wild[@]}" --set train.rounds=20 --out "$dir/wild"
  good=$(sed -nE 's/.*"state": "failed", "exit": 1, .*mean square gradient of parameter.*/failed/p' "$dir/wild/status.json")
  [ "$good" = failed ] || { echo "FAILED divergence: $(cat "$dir/wild/status.json")"; failed=1; }
  last=$(ls "$dir/wild/checkpoints" | sed -nE 's/round-0*([0-9]+)\.h5/\1/p' | tail -n 1)
  expect "as far as it was good" 0 '' "${wild[@]}" --set train.rounds="$last" --out "$dir/tame"
  [ "$("$glibrl" digest "$dir/wild")" = "$("$glibrl" digest "$dir/tame")" ] || { echo "FAILED divergence: not the last good round"; failed=1; }
  rm -rf "$dir/wild" "$dir/tame"
done

expect "more actors than groups" 1 'at most 5 ranks' "${mpirun[@]}" -n 6 "${train[@]}" --set train.rounds=2 --out "$dir/z"
expect "several singletons" 1 'mpirun|srun' env SLURM_JOB_ID=1 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=3 SLURM_NTASKS=3 SLURM_PROCID=1 \
  "${train[@]}" --set train.rounds=2 --out "$dir/z"
intact "all"
exit $failed
