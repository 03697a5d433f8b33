#!/usr/bin/env python3
"""Writes rliable.h5: what the package rliable makes of random scores.

    pip install rliable==1.2.0 pandas==2.2.3 "numpy<2.3" h5py && ./make_rliable.py rliable.h5

Scores of two algorithms, (runs x tasks), of which some are equal; IQM, optimality gap, probability of improvement and performance
profile are rliable's own, intervals are its stratified percentile bootstrap with 20,000 resamples."""
import sys

import h5py
import numpy as np
import rliable
from rliable import library, metrics

RUNS = [(2, 3, 1), (3, 3, 1), (5, 4, 1), (10, 9, 1), (3, 5, 4), (6, 6, 5)]  # of x, of y, tasks
GAMMA = 1.0
rng = np.random.default_rng(0)

with h5py.File(sys.argv[1], "w") as f:
    f.attrs["cases"] = np.int64(len(RUNS))
    f.attrs["gamma"] = GAMMA
    f.attrs["written_by"] = f"make_rliable.py, rliable {getattr(rliable, '__version__', '1.2.0')}"
    for case, (nx, ny, tasks) in enumerate(RUNS):
        # two digits, so that there are ties
        x = np.round(rng.normal(0.9, 0.4, (nx, tasks)), 1)
        y = np.round(rng.normal(0.7, 0.5, (ny, tasks)), 1)
        taus = np.linspace(min(x.min(), y.min()) - 0.05, max(x.max(), y.max()) + 0.05, 41)
        iqm, interval = library.get_interval_estimates(
            {"x": x, "y": y}, lambda s: np.array([metrics.aggregate_iqm(s)]), reps=20000, random_state=np.random.RandomState(1))
        better, better_interval = library.get_interval_estimates(
            {"x,y": (x, y)}, metrics.probability_of_improvement, reps=2000, random_state=np.random.RandomState(2))
        profile, band = library.create_performance_profile({"x": x, "y": y}, taus, reps=2000)
        g = f.create_group(f"case{case}")
        for name, value in dict(runs_x=nx, runs_y=ny, tasks=tasks, taus=len(taus)).items():
            g.attrs[name] = np.int64(value)
        g["taus"] = taus
        for name, scores in dict(x=x, y=y).items():
            g[name] = scores
            g[f"iqm_{name}"] = iqm[name]
            g[f"iqm_interval_{name}"] = interval[name].reshape(-1)
            g[f"gap_{name}"] = np.array([metrics.aggregate_optimality_gap(scores, GAMMA)])
            g[f"profile_{name}"] = profile[name]
            g[f"band_{name}"] = band[name]
        g["improvement"] = np.array([float(np.squeeze(better["x,y"]))])
        g["improvement_interval"] = np.asarray(better_interval["x,y"]).reshape(-1)
