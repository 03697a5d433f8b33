#!/usr/bin/env bash
# calibration.sh: `glibrl calibration` of short runs: curves that are what they say, the same again, and their place in a report.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for seed in 0 1 2; do
  configure point train.rounds=4 train.random_rounds=1 train.slots=8 model.warmup_factor=1 model.updates=4 agent.updates=3 agent.hidden=16 \
    eval.trials=4 belief.heads=both train.seed=$seed
  run "run-$seed" 1
  "$glibrl" calibration "$dir/run-$seed" --tasks 6 --plot "$dir/run-$seed/calibration.svg" >"$log" || { cat "$log"; exit 1; }
done
[ "$(grep -c 'head, 240 rows of 6 trials' "$log")" = 2 ] || fail "not both heads, or not all rows: $(cat "$log")"
grep -q '<svg' "$dir/run-2/calibration.svg" || fail "no figure"
cp "$dir/run-2/calibration.csv" "$dir/before.csv"
"$glibrl" calibration "$dir/run-2" --tasks 6 --csv "$dir/again" >/dev/null
cmp -s "$dir/before.csv" "$dir/again/calibration.csv" || fail "a second call gives other curves"
"$glibrl" report "$dir"/run-? --out "$dir/report" >"$log" 2>&1 || { cat "$log"; exit 1; }
[ -s "$dir/report/point-belief.png" ] || fail "no figure in the report"

python3 - "$dir" <<'CHECK' || fail "curves"
import csv, sys
top = sys.argv[1]
runs = [list(csv.DictReader(open(f'{top}/run-{seed}/calibration.csv'))) for seed in range(3)]

def curve(run, head, quantity):
    return [(float(row['at']), float(row['value'])) for row in run if (row['head'], row['quantity']) == (head, quantity)]

for run in runs:
    for head in 'reward', 'transition':
        pit, coverage, deviation, predictive = (curve(run, head, q) for q in ('pit', 'coverage', 'deviation', 'predictive'))
        assert len(pit) == 20 and abs(sum(value for _, value in pit) / 20 - 1) < 1e-6, pit
        # the central half is the middle ten bins; so is what lies between the outer two for 90 %
        assert [at for at, _ in coverage] == [0.5, 0.9, 0.95]
        assert abs(coverage[0][1] - sum(value for _, value in pit[5:15]) / 20) < 2e-3
        assert abs(coverage[1][1] - sum(value for _, value in pit[1:19]) / 20) < 2e-3 and coverage[2][1] >= coverage[1][1]
        assert deviation[0] == (0, 1) and len(deviation) == len(predictive) == 40
        assert all(b < a for (_, a), (_, b) in zip(deviation, deviation[1:])), 'the posterior does not contract'
belief = list(csv.DictReader(open(f'{top}/report/belief.csv')))
assert len(belief) == len(runs[0])
for row, *own in zip(belief, *runs):
    assert (row['head'], row['quantity']) == (own[0]['head'], own[0]['quantity']) and float(row['at']) == float(own[0]['at'])
    mean = sum(float(r['value']) for r in own) / 3
    assert abs(float(row['iqm']) - mean) < 1e-7 * max(1, abs(mean)) and float(row['low']) <= float(row['iqm']) <= float(row['high'])
CHECK

rm "$dir/run-1/calibration.csv"
"$glibrl" report "$dir"/run-? --out "$dir/some" >"$log" 2>&1
grep -q '2 of 3 runs have a calibration.csv' "$log" || fail "no warning about the run without"
[ ! -e "$dir/some/point-belief.png" ] || fail "a figure of some runs"
for text in 'head,quantity,at,value' $'head,quantity,at,value\nreward,pit,0.5,one' $'head,quantity,at,value\nbody,pit,0.5,1' 'nothing'; do
  printf '%s\n' "$text" >"$dir/run-1/calibration.csv"
  if "$glibrl" report "$dir"/run-? --out "$dir/none" >"$log" 2>&1; then fail "taken: $text"; fi
  grep -q 'is no calibration: make it anew' "$log" || fail "no word about $text"
done
exit $failed
