#!/usr/bin/env bash
# csv.sh: tables by --csv have the figures that the same call tells otherwise, as Python's csv module reads them.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

short=(train.rounds=3 train.random_rounds=1 train.slots=8 train.seed=3 model.warmup_factor=1 model.updates=2 agent.updates=3 agent.hidden=16
  eval.interval=2 eval.trials=4)
configure cheetah-dir "${short[@]}" env.horizon=10
run 'two, "runs"' 1   # a name that has to be quoted
configure point "${short[@]}" belief.heads=both
run point 1

"$glibrl" eval "$dir/"two* --tasks 6 --adapt 1 --episodes 3 --json --csv "$dir/eval" >"$dir/eval.json"
"$glibrl" eval "$dir/point" --tasks 10 --csv "$dir/point-eval" >/dev/null
"${mpirun[@]}" -n 3 "$glibrl" eval "$dir/point" --tasks 10 --csv "$dir/three" >/dev/null
diff -r "$dir/point-eval" "$dir/three" || fail "tables depend on the number of ranks"
"$glibrl" report "$dir/"two* "$dir/point" --out "$dir/report" --csv "$dir/tables" >/dev/null
"$glibrl" bench wire --seconds 0.001 --json --csv "$dir/bench" >"$dir/bench.json"
"$glibrl" simulate --actors 1,8,64 --csv "$dir/simulate" >"$dir/simulate.txt"
"$glibrl" simulate --actors 1,8,64 --out "$dir/page" >/dev/null
"$glibrl" kernel "$dir/point" --tasks 4 --csv "$dir/kernel" --plot "$dir/kernel.png" >/dev/null
cmp "$dir/simulate/simulate.csv" "$dir/page/simulate.csv" || fail "simulate --csv is not simulate --out"
cmp "$dir/kernel/kernel-summary.csv" "$dir/kernel.png.csv" || fail "the summary is not the figure's table"
[ ! -e "$dir/point/kernel.csv" ] || fail "kernel --csv writes into the run too"
[ ! -e "$dir/simulate/simulate.md" ] || fail "simulate --csv writes a page"

python3 - "$dir" <<'CHECK' || fail "tables"
import csv, json, sys
top = sys.argv[1]

def table(name):
    with open(f'{top}/{name}.csv', newline='') as file:
        rows = list(csv.DictReader(file, strict=True))
    assert rows and all(None not in row and None not in row.values() for row in rows), f'{name}: lines of other lengths'
    return rows

number = lambda text: float(text) if text else None
near = lambda a, b: abs(a - b) <= 1e-8 * max(1, abs(b))

# eval: every trial to the last bit, means as the JSON rounds them
told = json.load(open(f'{top}/eval.json'))
trials = table('eval/trials')
returns = [[None] * 3 for _ in range(6)]
for row in trials:
    returns[int(row['trial'])][int(row['episode']) - 1] = float(row['return'])
assert returns == told['returns'] and all(row['success'] == '' for row in trials)
assert [row['label'] for row in trials[::3]] == ['backwards', 'forwards'] * 3 or [row['label'] for row in trials[::3]] == ['forwards', 'backwards'] * 3
episodes = table('eval/episodes')
assert [row['episode'] for row in episodes] == ['1', '2', '3', 'adapted']
for row, expected in zip(episodes, told['episodes'] + [told['adapted']]):
    for name in row:
        if name.startswith('return'):
            assert near(float(row[name]), expected[name]), (name, row, expected)
    assert row['success'] == '' and expected['success'] is None
tasks = {(row['label'], int(row['episode'])): row for row in table('eval/tasks')}
assert len(tasks) == 2 * 3
for task in told['tasks']:
    for e in range(3):
        assert near(float(tasks[task['label'], e + 1]['return_mean']), task['return_mean'][e])
        assert int(tasks[task['label'], e + 1]['trials']) == task['trials'] == 3
        own = [float(row['return']) for row in trials if row['label'] == task['label'] and row['episode'] == str(e + 1)]
        assert near(sum(own) / 3, task['return_mean'][e])
assert len(table('point-eval/trials')) == 10 * 2

# report: every metric of every round, to the last bit
metrics, units = table('tables/metrics'), {row['metric']: row for row in table('tables/metrics-units')}
expected = [(run, json.loads(line)) for run in ('two, "runs"', 'point') for line in open(f'{top}/{run}/metrics.jsonl')]
assert len(metrics) == len(expected) == 2 * 4
for row, (run, line) in zip(metrics, expected):
    assert row['run'] == f'{top}/{run}' and row['seed'] == '3', row['run']
    assert {name: number(row[name]) for name in line} == line, row
    assert set(row) == set(line) | {'family', 'group', 'seed', 'run'}
assert set(units) == set(expected[0][1]) and units['steps']['units'] == 'step' and all(len(row['help']) > 3 for row in units.values())
assert any(',' in row['help'] for row in units.values())

# bench: what the JSON rounds
bench, rows = table('bench/bench'), json.load(open(f'{top}/bench.json'))['rows']
assert [row['name'] for row in bench] == [row['name'] for row in rows] and len(rows) > 1
for row, expected in zip(bench, rows):
    for name in 'rate', 'limit_rate', 'ratio':
        for column, key in (name, 'median'), (f'{name}_min', 'min'), (f'{name}_max', 'max'):
            found = number(row[column])
            assert found is None if name not in expected else abs(found - expected[name][key]) <= 1e-5 * found, (row, expected)
    assert row['unit'] == expected['unit'] and row['clock'] == expected['clock'] and row['limit'] == expected.get('limit', '')
    assert number(row['reach']) == expected.get('reach') and row['met'] == {True: 'true', False: 'false', None: ''}[expected.get('met')]

# simulate: the printed table has four digits
printed = [[cell.strip() for cell in line.strip('|\n ').split('|')] for line in open(f'{top}/simulate.txt') if line.startswith('| ')][1:]
simulated = table('simulate/simulate')
assert [row['actors'] for row in simulated] == [cells[0] for cells in printed] == ['1', '8', '64']
for row, cells in zip(simulated, printed):
    assert abs(float(row['seconds']) - float(cells[3])) <= 1e-3 * float(cells[3])
    assert abs(float(row['slots']) / float(row['seconds']) - float(cells[4])) <= 1e-3 * float(cells[4])
    assert abs(100 * float(row['efficiency']) - float(cells[5].strip(' %'))) <= 0.5001
pairs = [row for row in table('kernel/kernel') if row['basis'] == 'trained']
assert len(pairs) == 2 * 6 and all(near(float(row['representation']), float(row['correspondence'])) for row in pairs)
CHECK

# a table that cannot be written is an error that names it
touch "$dir/file"
if "$glibrl" simulate --actors 1 --csv "$dir/file" >"$log" 2>&1; then fail "a file is taken for a folder"; fi
grep -q "$dir/file" "$log" || fail "no word about the folder: $(cat "$log")"
exit $failed
