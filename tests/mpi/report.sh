#!/usr/bin/env bash
# report.sh: `glibrl report` of short runs: its files, a page that needs no other, figures that Python computes again, and what it
# refuses.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

short=(train.rounds=6 train.random_rounds=1 train.slots=8 model.warmup_factor=1 model.updates=2 agent.updates=5 agent.hidden=16
  eval.interval=2 eval.trials=4)
for seed in 0 1 2; do
  for zero in true false; do
    configure point "${short[@]}" belief.zero=$zero train.seed=$seed
    run "$zero-$seed" 1
    "$glibrl" eval "$dir/$zero-$seed" --tasks 5 --episodes 3 --json >"$dir/$zero-$seed/eval.json"
  done
done

report() { "$glibrl" report "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }; }
report "$dir"/true-? "$dir"/false-? --last 2 --target -3 --out "$dir/all" --csv "$dir/csv"
report "$dir"/true-? --out "$dir/one" --label "no belief"
for name in finals improvement adaptation phases runs curves profiles; do
  [ -s "$dir/csv/$name.csv" ] || fail "no $name.csv"
  [ -s "$dir/one/$name.csv" ] || fail "no $name.csv of one group"
done
for name in learning adaptation comparison model busy phases; do
  [ -s "$dir/all/point-$name.png" ] || fail "no point-$name.png"
done
[ ! -e "$dir/one/point-comparison.png" ] || fail "one group is compared"
grep -q 'no belief' "$dir/one/finals.csv" || fail "--label is not used"

python3 - "$dir" <<'CHECK' || fail "figures of the report"
import base64, csv, json, re, sys
top = sys.argv[1]
page = open(f'{top}/all/report.html').read()
assert not re.search(r'(src|href)="(?!data:)|https?:|<script|url\(', page), 'the page needs other files'
images = re.findall(r'src="data:image/png;base64,([^"]*)"', page)
names = ['learning', 'adaptation', 'comparison', 'model', 'busy', 'phases']
assert [base64.b64decode(image) for image in images] == [open(f'{top}/all/point-{name}.png', 'rb').read() for name in names]
assert 'held-out tasks, greedy: mean return of the last episode' in page

def table(name):
    text = open(f'{top}/csv/{name}.csv').read()
    assert base64.b64encode(text.encode()).decode() in page, f'{name} is not in the page'
    return list(csv.DictReader(text.splitlines()))

def iqm(values):
    cut = len(values) // 4
    kept = sorted(values)[cut:len(values) - cut]
    return sum(kept) / len(kept)

def near(found, expected, what):
    assert abs(float(found) - expected) <= 1e-7 * max(1, abs(expected)), (what, found, expected)

runs = {group: [[json.loads(line) for line in open(f'{top}/{zero}-{seed}/metrics.jsonl')] for seed in range(3)]
        for group, zero in (('A', 'true'), ('B', 'false'))}
mean = lambda values: sum(values) / len(values)
last = lambda run, key: mean([row[key] for row in run if row[key] is not None][-2:])

finals = {(row['group'], row['quantity']): row for row in table('finals')}
assert {row['configuration'] for row in finals.values()} == {'belief.zero=true', 'belief.zero=false'}
for group in 'AB':
    for key in 'eval_return_last', 'eval_return_first', 'train_return':
        row, values = finals[group, key], [last(run, key) for run in runs[group]]
        near(row['mean'], mean(values), key)
        near(row['iqm'], iqm(values), key)
        near(row['optimality_gap'], -3 - mean([min(value, -3) for value in values]), key)
        assert min(values) - 1e-6 <= float(row['low']) <= float(row['iqm']) <= float(row['high']) <= max(values) + 1e-6, row
        assert float(row['low']) < float(row['high']) and row['seeds'] == '3', row

x, y = ([last(run, 'eval_return_last') for run in runs[group]] for group in 'AB')
row, = table('improvement')
assert (row['group'], row['than']) == ('B', 'A')
near(row['probability'], mean([(b > a) + 0.5 * (b == a) for a in x for b in y]), 'improvement')
for row in table('profiles'):
    near(row['share'], mean([value > float(row['threshold']) for value in (x if row['group'] == 'A' else y)]), row)

curves = [row for row in table('curves') if row['quantity'] == 'eval_return_last' and row['group'] == 'A']
expected = [[run[i] for run in runs['A']] for i in range(len(runs['A'][0])) if runs['A'][0][i]['eval_return_last'] is not None]
assert len(curves) == len(expected) > 2
for row, rounds in zip(curves, expected):
    near(row['steps'], mean([r['steps'] for r in rounds]), row)
    near(row['iqm'], iqm([r['eval_return_last'] for r in rounds]), row)

adaptation = table('adaptation')
assert len(adaptation) == 2 * 3 and {row['source'] for row in adaptation} == {'eval.json'}
for row in adaptation:
    zero, e = 'true' if row['group'] == 'A' else 'false', int(row['episode']) - 1
    files = [json.load(open(f'{top}/{zero}-{seed}/eval.json')) for seed in range(3)]
    near(row['iqm'], iqm([mean([trial[e] for trial in d['returns']]) for d in files]), row)

for row in table('phases'):
    if row['learner_s'] and row['group'] == 'B':
        values = [r['time_' + row['phase']] for run in runs['B'] for r in run]
        near(row['learner_s'], mean([value for value in values if value is not None]), row)
assert [row['seed'] for row in table('runs')] == ['0', '1', '2'] * 2
CHECK

# the same runs give the same page
cp "$dir/all/report.html" "$dir/before.html"
report "$dir"/true-? "$dir"/false-? --last 2 --target -3 --out "$dir/all" --csv "$dir/csv"
cmp -s "$dir/before.html" "$dir/all/report.html" || fail "a second call gives another page"

# without eval.json of every run the metrics tell of the first and the last episode
rm "$dir/true-1/eval.json"
report "$dir"/true-? --out "$dir/one"
grep -q '2 of 3 runs have an eval.json' "$log" || fail "no warning about eval.json"
[ "$(grep -c ',metrics,return,[12],' "$dir/one/adaptation.csv")" = 2 ] || fail "adaptation is not from the metrics"

# refusals
refuse() {   # WORDS ARGUMENT...
  if "$glibrl" report "${@:2}" --out "$dir/none" >"$log" 2>&1; then fail "not refused: $2"; fi
  grep -q -- "$1" "$log" || { fail "no \"$1\""; cat "$log"; }
}
refuse 'would count as two' "$dir/true-0" "$dir/true-0"
refuse 'no config.ini' "$dir"
refuse '2 times --label' "$dir/true-0" --label one --label two
refuse 'RUN is missing'
echo '{"returns": [[1, 2], [3]]}' >"$dir/true-1/eval.json"
refuse 'no returns by trial' "$dir/true-1"
"$glibrl" eval "$dir/true-1" --tasks 2 --split train --json >"$dir/true-1/eval.json"
refuse 'is of training tasks' "$dir/true-1"
exit $failed
