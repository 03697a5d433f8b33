"""Checks of read_run.sh, with h5py and NumPy.

Usage: read_run.py agree CHECKPOINT TRIALS.h5 EVAL.json | describe FILE.h5... | metrics RUN | scale STUDY"""
import csv
import json
import os
import sys

import h5py
import numpy as np

sys.path.insert(0, os.environ['GLIBRL_SOURCE'] + '/docs/examples')
sys.dont_write_bytecode = True
import read_run

HEAD = ('M', 'Xi_inverse', 'Omega', 'nu')


class Worst(dict):
    """Largest deviation of each quantity, relative to those that are beyond 1."""

    def compare(self, what, found, expected):
        found, expected = np.asarray(found), np.asarray(expected)
        assert found.shape == expected.shape, (what, found.shape, expected.shape)
        self[what] = max(self.get(what, 0), float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)))))


def agree(checkpoint, trials, scores):
    run, file, told = read_run.Run(checkpoint), h5py.File(trials), json.load(open(scores))
    t, worst, adapt = file['trials'], Worst(), file.attrs['adaptation_episodes']
    assert t['return'][:].tolist() == told['returns'], 'returns are not those of the figures'
    assert adapt == told['adaptation_episodes'] and len(t['length']) == told['trials'] > 1
    for i, length in enumerate(t['length'][:]):
        starts, T = np.cumsum(length) - length, length.sum()
        learned = starts[adapt] if adapt else T   # rows that the belief learns from
        assert np.allclose(np.add.reduceat(t['reward'][i, :T], starts), t['return'][i], rtol=1e-12, atol=0)
        rows = run.rows(t, i)
        for head in run.heads:
            Phi, Y = rows[head]
            worst.compare(f'{head} features', Phi, file[head]['features'][i, :T])
            found = run.posterior(head, Phi[:learned], Y[:learned])
            for name, value in zip(HEAD, found):
                expected = file[head][name][i]
                if name == 'Omega' and expected.ndim == 1:
                    value = np.diag(value)
                worst.compare(f'{head} {name}', value, expected)
        for n in range(T + 1):
            belief = run.belief(rows, min(n, learned))
            worst.compare('belief', belief, t['belief'][i, n])
            if n < T and n >= (learned if adapt else 0):   # the mode, not a sample
                action = run.action(t['obs'][i, n], belief, n in starts[1:], n)
                worst.compare('action', action, t['action'][i, n])
        assert not t['belief'][i, T + 1:].any() and not t['obs'][i, T:].any()
    assert {'belief', 'action'} < set(worst) and len(worst) == 2 + 5 * len(run.heads), worst
    for what, deviation in worst.items():
        assert deviation < 1e-6, (what, deviation)
    # the policy looks at what it is given: a belief of another task gives other actions
    other = run.action(t['obs'][0, 0], t['belief'][0, 0] + 1, 0, 0)
    ignored = run.shown['zero'] == 'true'
    assert (np.abs(other - t['action'][0, 0]).max() > 1e-5) != ignored or adapt, other


def describe(*files):
    """Every data set has a help, units where it has any, and a plain type."""
    for name in files:
        file, seen, units = h5py.File(name), [], set()

        def visit(path, item):
            if not isinstance(item, h5py.Dataset):
                return
            seen.append(path)
            assert len(item.attrs['help']) > 3, (name, path)
            assert item.attrs.get('units', 'none'), (name, path)
            units.add(item.attrs.get('units'))
            assert item.dtype.kind in 'fiu' and item[()] is not None, (name, path)

        file.visititems(visit)
        assert len(seen) > 3, (name, seen)
        if 'metrics' in name:
            assert {'s', 'round', 'step', 'byte', 'nat/step'} < units, units
        if 'checkpoints' in name or 'trials' in name:
            assert 'step' in units
            assert file.attrs['config' if 'checkpoints' in name else 'family']
    assert len(files) > 12, files


def metrics(run):
    """metrics.h5 is metrics.jsonl."""
    file, lines = h5py.File(f'{run}/metrics.h5'), [json.loads(line) for line in open(f'{run}/metrics.jsonl')]
    assert set(lines[0]) == set(file)
    for name, data in file.items():
        expected = np.array([np.nan if line[name] is None else line[name] for line in lines], float)
        assert np.array_equal(data[:], expected, equal_nan=True), name


def scale(study):
    """scale.csv has the numbers of scale.h5, to the last bit."""
    file, rows = h5py.File(f'{study}/scale.h5'), list(csv.DictReader(open(f'{study}/scale.csv')))
    number = lambda text: float(text) if text else np.nan
    names = {'median_s': 'median', 'low_s': 'median_low', 'mean_s': 'mean', 'steps_per_s': 'steps_per_second', 'fitted_s': 'fitted',
             'speedup_high': 'speedup_high', 'efficiency': 'efficiency', 'ranks': 'ranks', 'memory': 'metrics/memory', 'time_model': 'metrics/time_model'}
    for column, data in names.items():
        assert np.array_equal([number(row[column]) for row in rows], file[data][:], equal_nan=True), column


if __name__ == '__main__':
    globals()[sys.argv[1]](*sys.argv[2:])
