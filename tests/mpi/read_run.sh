#!/usr/bin/env bash
# read_run.sh: what the program writes can be read without it: docs/examples/read_run.py computes the program's own posteriors, beliefs
# and actions from a checkpoint, trials of `glibrl eval --trials` are those of its figures on any number of ranks, and every data set
# of every HDF5 file says what it is.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for python in "$(dirname "$(readlink -f "$GLIBRL_BUILD/meson")")/python" python3 /usr/bin/python3 ''; do
  if [ -z "$python" ] || "$python" -c 'import h5py, numpy' 2>/dev/null; then break; fi
done
[ -n "$python" ] || { echo "no Python here has h5py and numpy"; exit 77; }
check() { "$python" "$(dirname "${BASH_SOURCE[0]}")/read_run.py" "$@" || fail "$*"; }

short=(train.rounds=4 train.random_rounds=1 train.slots=8 model.warmup_factor=1 model.updates=4 agent.updates=10 agent.hidden=16
  model.refresh=2 eval.trials=4 checkpoint.interval=2)
rich=(belief.heads=both model.noise=diagonal)

# SHORT NAME, PRESET, KEYS: a run whose trials are computed again
agree() {
  configure "$2" "${short[@]}" "${@:3}"
  run "$1" 1
  "$glibrl" eval "$dir/$1" --tasks 5 --json --trials "$dir/$1/trials.h5" >"$dir/$1/eval.json"
  check agree "$dir/$1/checkpoints/round-00000004.h5" "$dir/$1/trials.h5" "$dir/$1/eval.json"
}
agree reward point
agree both point "${rich[@]}" belief.columns=1
agree point-estimate point belief.heads=both belief.uncertainty=false train.episodes_per_task=1
agree no-belief point belief.zero=true agent.backup=episode
agree cheetah cheetah-dir env.horizon=20 belief.heads=both belief.columns=5

# the belief is kept after the episodes of adaptation; the same bits on any number of ranks, and the same figures without --trials
"$glibrl" eval "$dir/both" --tasks 5 --adapt 2 --episodes 4 --json --trials "$dir/adapt.h5" >"$dir/adapt.json"
check agree "$dir/both/checkpoints/round-00000004.h5" "$dir/adapt.h5" "$dir/adapt.json"
"$glibrl" eval "$dir/both" --tasks 5 --json >"$dir/plain.json"
cmp "$dir/plain.json" "$dir/both/eval.json" || fail "--trials changes the figures"
"${mpirun[@]}" -n 3 "$glibrl" eval "$dir/both" --tasks 5 --json --trials "$dir/three.h5" >"$dir/three.json"
cmp "$dir/three.json" "$dir/both/eval.json" && cmp "$dir/three.h5" "$dir/both/trials.h5" || fail "trials depend on the number of ranks"
"$python" "$GLIBRL_SOURCE/docs/examples/read_run.py" "$dir/both/checkpoints/best.h5" 3 >"$log" || fail "the example does not run"
grep -q '^transition: mean of 8 x 2 weights' "$log" || fail "the example says: $(cat "$log")"
if "$glibrl" eval "$dir/both" --tasks 2 --trials "$dir/none/trials.h5" >"$log" 2>&1; then fail "a folder that is not there is no error"; fi
grep -q 'none/trials.h5' "$log" || fail "no word about the file: $(cat "$log")"

# every file that the program writes
configure point "${short[@]}"
"$glibrl" scale "${settings[@]}" --rounds 2 --repeats 1 --ranks 1 --out "$dir/study" >"$log" 2>&1 || { cat "$log"; exit 1; }
"$glibrl" evidence "$GLIBRL_SOURCE/tests/golden/model/glm_seed1.h5" "$dir/evidence.h5" >/dev/null
"$glibrl" replay "$GLIBRL_SOURCE/tests/golden/env/gymnasium_v5.h5" "$dir/gymnasium.h5" >/dev/null
check describe "$dir"/*/metrics.h5 "$dir"/*/checkpoints/*.h5 "$dir"/*/trials.h5 "$dir/study/scale.h5" "$dir/evidence.h5" \
  "$dir/gymnasium.h5"
check metrics "$dir/both"
check scale "$dir/study"
exit $failed
