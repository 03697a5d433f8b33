"""What must hold of the trace and the metrics of a run of `glibrl train --trace RUN/trace.json`.

Usage: trace.py RUN"""
import json
import sys
from pathlib import Path

run = Path(sys.argv[1])
config = dict(line.split(' = ', 1) for line in (run / 'config.ini').read_text().splitlines() if ' = ' in line)
rows = [json.loads(line) for line in (run / 'metrics.jsonl').read_text().splitlines()]
trace = json.loads((run / 'trace.json').read_text())
findings = []


def expect(holds, text):
    if not holds:
        findings.append(text)


def spans(pid, *names):
    return [e for e in trace['traceEvents'] if e['ph'] == 'X' and e['pid'] == pid and (not names or e['name'] in names)]


def end(event):
    return event['ts'] + event['dur']


def check_nesting(pid):
    """Events begin in order, and one begins and ends within another or outside; returns what the outermost cover."""
    covered, last, around = 0.0, float('-inf'), []
    for e in spans(pid):
        expect(e['dur'] >= 0, f'rank {pid}: {e} is shorter than nothing')
        expect(e['ts'] >= last, f'rank {pid}: {e} stands after one that begins at {last}')
        last = e['ts']
        while around and end(around[-1]) <= e['ts'] + 1e-4:
            around.pop()
        expect(not around or end(e) <= end(around[-1]) + 1e-3, f'rank {pid}: {e} reaches out of {around[-1:]}')
        covered += 0 if around else e['dur']
        around.append(e)
    return covered


def check_rank(rank):
    pid, role = rank['rank'], rank['role']
    covered, events = check_nesting(pid), spans(pid)
    expect(events, f'rank {pid} has no events')
    if not events:
        return
    first, last = events[0]['ts'], max(end(e) for e in events)
    expect(covered > 0.95 * (last - first),
           f'rank {pid}: events cover {covered:.0f} us of {last - first:.0f}')
    expect(rank['dropped'] == 0, f'rank {pid} dropped {rank["dropped"]} events')
    expect(rank['clock_error_us'] < 100e3, f'rank {pid}: clock known to {rank["clock_error_us"]} us')
    names = {e['args']['name'] for e in trace['traceEvents'] if e['pid'] == pid and e['name'] == 'process_name'}
    expect(names == {f'rank {pid}: {role}'}, f'rank {pid} is called {names}')
    wanted = ['admit', 'agent', 'refresh', 'wait'] if 'learner' in role else []
    wanted += ['solve'] if pid == 0 else []
    wanted += ['rollout', 'gradient'] if 'actor' in role else []
    for name in wanted:
        expect(spans(pid, name), f'rank {pid}, {role}: no {name}')


def overlap(a, b):
    """Time in which one of a and one of b are both under way; neither overlaps itself."""
    return sum(max(0, min(end(x), end(y)) - max(x['ts'], y['ts'])) for x in a for y in b)


def check_overlap(ranks):
    agent = spans(0, 'agent')
    for pid in (r['rank'] for r in ranks if r['role'] == 'actor'):
        shared = overlap(spans(pid, 'rollout'), agent)
        if config['lag'] == '1':
            expect(shared > 0.2 * min(sum(e['dur'] for e in agent), sum(e['dur'] for e in spans(pid, 'rollout'))),
                   f'rank {pid} rolls out beside agent updates for {shared:.0f} us only')
        else:
            expect(shared == 0, f'rank {pid} rolls out beside agent updates without a lag for {shared:.0f} us')


def check_metrics(ranks):
    """The learner's seconds in all phases are the time of a round, and those of the trace."""
    learner = [name for name in rows[-1] if name.startswith('time_') and name != 'time_model']
    if len(ranks) == 1:
        learner += ['actor_rollout', 'actor_statistics', 'actor_gradient']
    for before, row in zip(rows, rows[1:]):
        wall, total = row['seconds'] - before['seconds'], sum(row[name] for name in learner)
        expect(abs(wall - total) < 1e-3 + 0.01 * wall, f'round {row["round"]}: {total} s in phases of {wall}')
        expect(row['actor_rollout_min'] <= row['actor_rollout'] <= row['actor_rollout_max'] and row['actor_memory'] > 1e6,
               f'round {row["round"]}: actors {row["actor_rollout"]} {row["actor_rollout_max"]} {row["actor_memory"]}')
        expect(len(ranks) == 1 or row['actor_bytes_sent'] > 0 and row['bytes_sent'] > 0, f'round {row["round"]}: no bytes')
    if len(rows) == 1 + int(config['rounds']):  # of a run that was stopped, the last round has no row
        traced, counted = sum(e['dur'] for e in spans(0, 'solve')) * 1e-6, sum(row['time_solve'] for row in rows)
        expect(abs(traced - counted) < 1e-4 + 0.01 * counted, f'solve: {traced} s in the trace, {counted} in the metrics')


ranks = trace['otherData']['ranks']
expect([r['rank'] for r in ranks] == list(range(len(ranks))), f'ranks {[r["rank"] for r in ranks]}')
learners = int(config['ranks'])
expect([r['role'] == 'learner' for r in ranks] == [len(ranks) > 1 and r < learners for r in range(len(ranks))],
       f'roles {[r["role"] for r in ranks]} with {learners} learners')
expect(len(ranks) == rows[-1]['actors'] + (learners if len(ranks) > 1 else 0), f'{len(ranks)} ranks of {rows[-1]["actors"]} actors')
for rank in ranks:
    check_rank(rank)
if len(ranks) > 1:
    check_overlap(ranks)
check_metrics(ranks)
print('\n'.join(findings) or f'{len(ranks)} ranks, {len(trace["traceEvents"])} events')
sys.exit(1 if findings else 0)
