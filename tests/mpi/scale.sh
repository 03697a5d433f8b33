#!/usr/bin/env bash
# scale.sh: a small scaling study writes all its files, its figures are those of the runs' metrics, it goes on where it was killed, and
# refuses what is of another study.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure point env.horizon=5 train.slots=8 agent.updates=4 agent.hidden=8 agent.embedding=4 model.updates=1 model.warmup_rounds=1 \
  train.random_rounds=1 replay.trials=32
study() { "$glibrl" scale "${settings[@]}" --rounds 4 --repeats 2 --out "$dir/study" "$@"; }

study --ranks 1,2 >"$log" 2>&1 || { cat "$log"; exit 1; }
for name in scale.csv scale.md scale.h5 scale.png scale.svg; do
  [ -s "$dir/study/$name" ] || fail "no $name"
done
[ "$(head -c 4 "$dir/study/scale.png" | tail -c 3)" = PNG ] || fail "scale.png is no PNG"

# medians, steps and speed-up from the runs' own metrics
python3 - "$dir/study" <<'CHECK' || failed=1
import csv, json, statistics, sys
from pathlib import Path
study, warmup, rounds = Path(sys.argv[1]), 2, 4
medians = {}
for row in csv.DictReader(open(study / 'scale.csv')):
    ranks, seconds = int(row['ranks']), []
    for run in sorted(study.glob(f'runs/strong-ranks-{ranks}-run-?')):
        lines = [json.loads(line) for line in open(run / 'metrics.jsonl')]
        for before, now in zip(lines, lines[1:]):
            if warmup < now['round'] <= warmup + rounds:
                seconds.append((now['steps'] - before['steps']) / now['steps_per_second'])
    assert len(seconds) == 2 * rounds, (ranks, len(seconds))
    medians[ranks] = statistics.median(seconds)
    expected = {'median_s': medians[ranks], 'mean_s': statistics.mean(seconds), 'steps_per_s': 8 * 2 * 5 / medians[ranks],
                'speedup': medians[1] / medians[ranks], 'efficiency': medians[1] / medians[ranks] / ranks, 'actors': 1, 'slots': 8, 'runs': 2}
    for name, value in expected.items():
        assert abs(float(row[name]) - value) < 1e-6 * value, (ranks, name, row[name], value)
    assert float(row['low_s']) <= medians[ranks] <= float(row['high_s']), row
CHECK

# again: nothing is measured anew, and the same comes out
cp "$dir/study/scale.csv" "$dir/before.csv"
touch "$dir/mark"
study --ranks 1,2 >"$log" 2>&1 || { cat "$log"; exit 1; }
cmp -s "$dir/before.csv" "$dir/study/scale.csv" || fail "a second call gives other figures"
[ -z "$(find "$dir/study/runs" -name metrics.jsonl -newer "$dir/mark")" ] || fail "a second call ran something anew"

# killed before the end, the study goes on; three points have a model and a weak study grows its slots
"$glibrl" scale "${settings[@]}" --rounds 4 --repeats 2 --out "$dir/study" --ranks 1,2,3 --weak >"$log" 2>&1 &
for ((i = 0; i < 1000 * patience; i++)); do
  [ ! -e "$dir/study/runs/weak-ranks-2-run-1" ] || break
  sleep 0.02
done
kill -TERM $! && code=0 && { wait $! || code=$?; }
[ "$code" = 75 ] || { fail "exit code $code after SIGTERM, not 75"; cat "$log"; }
study --ranks 1,2,3 --weak >"$log" 2>&1 || { cat "$log"; exit 1; }
grep -q '^| 3 | 1 | 2 | 16 | 2 |' "$dir/study/scale.md" || fail "3 ranks do not have 2 actors and 16 slots in scale.md"
python3 - "$dir/study" <<'CHECK' || fail "scale-projection.csv is not the projection of scale.md"
import csv, sys
page = [[cell.strip() for cell in line.strip('|\n ').split('|')] for line in open(f'{sys.argv[1]}/scale.md') if ' .. ' in line]
rows = list(csv.DictReader(open(f'{sys.argv[1]}/scale-projection.csv')))
told = [(row['ranks'], row['actors'], '%.4g' % float(row['projected_s']), '%.4g .. %.4g' % (float(row['low_s']), float(row['high_s'])))
        for row in rows]
assert len(told) == 3 and told == [tuple(cells) for cells in page if len(cells) == 4][-3:], (told, page)
CHECK
grep -q '\*\*Projection, not measured\*\*' "$dir/study/scale.md" || fail "no projection in scale.md"

# refusals
refuse() {   # WORDS OPTION...
  if study "${@:2}" >"$log" 2>&1; then fail "not refused: $2"; fi
  grep -q -- "$1" "$log" || { fail "no \"$1\""; cat "$log"; }
}
refuse 'was measured with another configuration' --ranks 1,2 --set agent.hidden=9
refuse 'are work for 2' --ranks 4
refuse 'ascending whole numbers' --ranks 2,1
exit $failed
