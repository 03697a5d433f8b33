#!/usr/bin/env python3
"""Records HalfCheetah-v5 of the gymnasium package, for test_cheetah.c.

usage: make_cheetah.py OUT.h5        (needs gymnasium[mujoco]==1.4.0, mujoco==3.3.0, h5py)

Groups /HalfCheetah-v5/seed<i>, attributes reset_seed, gain, direction, goal:
  start/qpos, qvel, qacc_warmstart, obs    state and observation after the reset
  action, obs, reward                      of each step; actions uniform in +-gain
  reward_dir, reward_vel                   what cheetah-dir and cheetah-vel pay for the same steps
"""
import sys

import gymnasium
import h5py
import mujoco
import numpy as np

STEPS = 200
RUNS = [  # reset seed, gain of the actions, direction, goal velocity
    (100, 1.0, -1.0, 0.4),
    (101, 0.4, 1.0, 1.5),
    (102, 0.1, -1.0, 3.0),
]


def family_rewards(x, action, dt, direction, goal):
    """Rewards from the positions x of the torso before the first and after each step."""
    velocity = np.diff(x) / dt
    control = 0.05 * np.sum(action**2, axis=1)
    return direction * velocity - control, -np.abs(velocity - goal) - control


def record(group, seed, gain, direction, goal):
    env = gymnasium.make("HalfCheetah-v5")
    simulator = env.unwrapped
    first, _ = env.reset(seed=seed)
    for name in ("qpos", "qvel", "qacc_warmstart"):
        group[f"start/{name}"] = getattr(simulator.data, name)
    group["start/obs"] = first

    rng = np.random.default_rng(seed)
    action = gain * rng.uniform(-1, 1, (STEPS, env.action_space.shape[0]))
    x, obs, reward = [simulator.data.qpos[0]], [], []
    for a in action:
        o, r, *_ = env.step(a)
        x.append(simulator.data.qpos[0])
        obs.append(o)
        reward.append(r)

    reward_dir, reward_vel = family_rewards(np.array(x), action, simulator.dt, direction, goal)
    columns = dict(action=action, obs=obs, reward=reward, reward_dir=reward_dir, reward_vel=reward_vel)
    for name, values in columns.items():
        group.create_dataset(name, data=np.asarray(values, dtype=np.float64), compression="gzip")
    group.attrs.update(reset_seed=seed, gain=gain, direction=direction, goal=goal)


def main(path):
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs["versions"] = f"gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}"
        for i, run in enumerate(RUNS):
            record(file.create_group(f"HalfCheetah-v5/seed{i}"), *run)


if __name__ == "__main__":
    main(sys.argv[1])
