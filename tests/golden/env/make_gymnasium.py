#!/usr/bin/env python3
"""Records all MuJoCo v5 environments of the gymnasium package, for test_gymnasium.c.

usage: make_gymnasium.py OUT.h5        (needs gymnasium[mujoco]==1.4.0, mujoco==3.3.0, h5py)

Groups /<Env>-v5/seed<i>, attributes reset_seed, xml, frame_skip, dt, n_steps, action_gain:
  start/qpos, qvel, ctrl, qacc_warmstart, obs    state and observation after the reset
  action, obs, reward, terminated, truncated     of each step; actions uniform in the range times the gain
  qpos, qvel, info                               after it; the names of info are its attribute keys
An episode stops where it terminates. Small gains keep walkers upright for longer.
"""
import os
import sys

import gymnasium
import h5py
import mujoco
import numpy as np

SEED = 1
GAINS = [1.0, 0.4, 0.1]
STEPS_LONG, STEPS_SHORT = 200, 100
THREE_RUNS = ["HalfCheetah-v5", "Ant-v5", "Hopper-v5", "Walker2d-v5", "Humanoid-v5"]
ONE_RUN = ["Swimmer-v5", "Reacher-v5", "Pusher-v5", "InvertedPendulum-v5", "InvertedDoublePendulum-v5",
           "HumanoidStandup-v5"]
SHUFFLED = {"action", "reward", "qpos", "qvel", "info"}


def write(group, name, values):
    values = np.asarray(values, dtype=np.float64)
    options = {}
    if values.ndim and values.size > 64:
        options = dict(chunks=values.shape, compression="gzip", compression_opts=9, shuffle=name in SHUFFLED)
    group.create_dataset(name, data=values, **options)


def compact_group(parent, name):
    """A group that keeps its attributes in its header."""
    properties = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    properties.set_attr_phase_change(100, 50)
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), gcpl=properties))


def write_start(group, simulator, obs, info):
    for name in ("qpos", "qvel", "ctrl", "qacc_warmstart"):
        write(group, name, getattr(simulator.data, name))
    write(group, "obs", obs)
    for key, value in sorted(info.items()):
        group.attrs["info_" + key] = np.asarray(value, dtype=np.float64)


def roll_out(env, actions):
    """Columns by name, and the names of the scalars in info, until the episode ends."""
    columns = {name: [] for name in
               ("action", "obs", "reward", "terminated", "truncated", "qpos", "qvel", "info")}
    data, keys = env.unwrapped.data, None
    for action in actions:
        obs, reward, terminated, truncated, info = env.step(action)
        keys = keys or sorted(key for key, value in info.items() if np.ndim(value) == 0)
        row = (action, obs, reward, terminated, truncated, data.qpos.copy(), data.qvel.copy(),
               [float(info[key]) for key in keys])
        for column, value in zip(columns.values(), row):
            column.append(value)
        if terminated or truncated:
            break
    return columns, keys


def record(group, name, run, steps):
    env = gymnasium.make(name)
    simulator = env.unwrapped
    reset_seed = SEED * 100 + run
    obs, info = env.reset(seed=reset_seed)
    group.attrs.update(reset_seed=reset_seed, xml=np.bytes_(os.path.basename(simulator.fullpath)),
                       frame_skip=simulator.frame_skip, dt=simulator.dt)
    write_start(compact_group(group, "start"), simulator, obs, info)

    rng = np.random.Generator(np.random.PCG64([SEED, run, sum(map(ord, name))]))
    low, high = env.action_space.low.astype(np.float64), env.action_space.high.astype(np.float64)
    columns, keys = roll_out(env, (GAINS[run] * rng.uniform(low, high) for _ in range(steps)))
    for column, values in columns.items():
        write(group, column, values)
    group["info"].attrs["keys"] = np.array(keys, dtype="S")
    group.attrs.update(n_steps=len(columns["reward"]), action_gain=GAINS[run])
    env.close()


def stamp(file):
    file.attrs["seed"] = SEED
    for module in (gymnasium, mujoco, np):
        file.attrs["version_" + module.__name__] = np.bytes_(module.__version__)


def main(path):
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        stamp(file)
        for names, runs, steps in ((THREE_RUNS, 3, STEPS_LONG), (ONE_RUN, 1, STEPS_SHORT)):
            for name in names:
                env = compact_group(file, name)
                for run in range(runs):
                    record(compact_group(env, f"seed{run}"), name, run, steps)


if __name__ == "__main__":
    main(sys.argv[1])
