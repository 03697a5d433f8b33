#!/usr/bin/env bash
# kernel.sh: `glibrl kernel` of a short run: both sides are equal for every pair and basis, and the figure comes with its table.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure point train.rounds=4 train.random_rounds=1 train.slots=8 model.warmup_factor=1 model.updates=4 agent.updates=3 agent.hidden=16 \
  eval.trials=4 belief.heads=both train.seed=3
run run 1
"$glibrl" kernel "$dir/run" --tasks 7 --untrained >"$dir/drawn"
cp "$dir/run/kernel.csv" "$dir/drawn.csv"
"$glibrl" kernel "$dir/run" --tasks 7 --plot "$dir/run/kernel.png" >"$log" || { cat "$log"; exit 1; }
"$glibrl" kernel "$dir/run" --tasks 7 --plot "$dir/run/kernel.svg" >/dev/null
grep -q 'squared distance of representations\|<svg' "$dir/run/kernel.svg" || fail "no figure in kernel.svg"
[ "$(grep -c '(untrained)' "$log")" = 2 ] || fail "not both heads of the untrained basis in the output"

python3 - "$dir" <<'CHECK' || fail "figures of the kernel identity"
import csv, sys
top = sys.argv[1]
assert open(f'{top}/run/kernel.png', 'rb').read(8) == b'\x89PNG\r\n\x1a\n'
pairs, drawn = (list(csv.DictReader(open(f'{top}/{name}.csv'))) for name in ('run/kernel', 'drawn'))
assert len(pairs) == 2 * 2 * 21 and [row for row in pairs if row['basis'] == 'untrained'] == drawn
for row in pairs:
    left, right = float(row['representation']), float(row['correspondence'])
    assert left > 0 and abs(left - right) < 1e-6 * left, row

def ranks(values):
    return [sum(v < x for v in values) + (sum(v == x for v in values) - 1) / 2 for x in values]

def spearman(x, y):
    x, y = ranks(x), ranks(y)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    xy, xx, yy = (sum((a - ma) * (b - mb) for a, b in zip(p, q)) for p, q, ma, mb in ((x, y, mx, my), (x, x, mx, mx), (y, y, my, my)))
    return xy / (xx * yy) ** 0.5

summary = list(csv.DictReader(open(f'{top}/run/kernel.png.csv')))
assert [(row['basis'], row['head']) for row in summary] == [(b, h) for b in ('trained', 'untrained') for h in ('reward', 'transition')]
for row in summary:
    own = [pair for pair in pairs if pair['basis'] == row['basis'] and pair['head'] == row['head']]
    column = lambda name: [float(pair[name]) for pair in own]
    assert int(row['pairs']) == len(own)
    assert abs(float(row['largest_deviation']) - max(column('deviation'))) < 1e-2 * float(row['largest_deviation']) + 1e-300
    assert abs(float(row['rank_correlation_task']) - spearman(column('representation'), column('task_distance'))) < 1e-7
    assert abs(float(row['rank_correlation_kernel']) - spearman(column('representation'), column('correspondence'))) < 1e-7
CHECK

if "$glibrl" kernel "$dir/run" --plot "$dir/run/kernel.jpg" >"$log" 2>&1; then fail "a .jpg is not refused"; fi
grep -q 'ends in .png or .svg' "$log" || fail "no word about the formats"
exit $failed
