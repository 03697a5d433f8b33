#!/usr/bin/env python3
"""Records the environments and task lists of the metaworld package, for metaworld_replay.c and
test_metaworld_tasks.c.

usage: make_metaworld.py EPISODES.h5 LISTS.h5    (needs metaworld==3.1.1, mujoco==3.3.0, h5py; about 5 minutes)

EPISODES has for each environment:
  /<env>-v3/task0    goal hidden: half of the steps the scripted policy with noise, half uniform in +-1.5
  /<env>-v3/task1    goal visible: the scripted policy alone, until a few steps after its first success
with the attribute partially_observable and
  rand_vec                                 task vector: goals of ML1(env, seed)
  start/obs                                observation after the reset
  start/<START>                            the simulator's state then
  action, obs, reward, success, info       of each step; action as given to step(), info by the names in INFO
  reward_v1, info_v1                       of the same actions with rewards of version 1
LISTS has /<ML10|ML45>/seed<i>/<train|test>/<env>, the task vectors (50 x n).
"""
import pickle
import sys

import h5py
import metaworld
import metaworld.policies
import mujoco
import numpy as np

INFO = ["success", "near_object", "grasp_success", "grasp_reward", "in_place_reward", "obj_to_target", "unscaled_reward"]
START = ["qpos", "qvel", "ctrl", "qacc_warmstart", "mocap_pos", "mocap_quat"]
SEED = 7
NOISY_STEPS, EXPERT_STEPS, AFTER_SUCCESS = 40, 120, 3
LISTS = [("ML10", 0), ("ML10", 3), ("ML45", 1)]


def policy_of(name):
    return metaworld.policies.ENV_POLICY_MAP[name]()


def noisy_action(policy, obs, t, rng):
    if t >= NOISY_STEPS // 2:
        return rng.uniform(-1.5, 1.5, 4)
    return np.asarray(policy.get_action(obs), dtype=np.float64) + 0.05 * rng.standard_normal(4)


def expert_action(policy, obs, t, rng):
    return np.asarray(policy.get_action(obs), dtype=np.float64)


def make(name, vector, hidden, version):
    cls = metaworld.ALL_V3_ENVIRONMENTS[name]
    env = cls(reward_function_version=version)
    data = dict(rand_vec=vector, env_cls=cls, partially_observable=hidden)
    env.set_task(metaworld.Task(name, pickle.dumps(data)))
    return env


def record(group, name, vector, hidden, choose, steps):
    env, twin = (make(name, vector, hidden, version) for version in ("v2", "v1"))
    policy, rng = policy_of(name), np.random.default_rng(SEED)
    obs, _ = env.reset()
    twin.reset()
    group["rand_vec"], group["start/obs"] = vector, obs
    for key in START:
        group[f"start/{key}"] = np.array(getattr(env.data, key), dtype=np.float64)
    group.attrs["partially_observable"] = int(hidden)

    rows = dict(action=[], obs=[], reward=[], success=[], info=[], reward_v1=[], info_v1=[])
    for t in range(steps):
        action = choose(policy, obs.copy(), t, rng)  # some policies write into what they are given
        obs, reward, _, _, info = env.step(action)
        _, reward_v1, _, _, info_v1 = twin.step(action)
        for key, value in dict(action=action, obs=obs, reward=reward, success=info["success"],
                               info=[float(info[k]) for k in INFO], reward_v1=reward_v1,
                               info_v1=[float(info_v1[k]) for k in INFO]).items():
            rows[key].append(value)
        if not hidden and sum(rows["success"]) > AFTER_SUCCESS:
            break
    for key, values in rows.items():
        group.create_dataset(key, data=np.asarray(values, dtype=np.float64), compression="gzip", compression_opts=9)
    env.close()
    twin.close()


def record_episodes(path):
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs["versions"] = f"metaworld 3.1.1, mujoco {mujoco.__version__}"
        for name in metaworld.ALL_V3_ENVIRONMENTS:
            tasks = metaworld.ML1(name, seed=SEED).train_tasks
            vectors = [pickle.loads(task.data)["rand_vec"] for task in tasks[:2]]
            record(file.create_group(f"{name}/task0"), name, vectors[0], True, noisy_action, NOISY_STEPS)
            record(file.create_group(f"{name}/task1"), name, vectors[1], False, expert_action, EXPERT_STEPS)
            print(name, flush=True)


def record_lists(path):
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs["versions"] = f"metaworld 3.1.1, numpy {np.__version__}"
        for name, seed in LISTS:
            benchmark = getattr(metaworld, name)(seed=seed)
            for split in ("train", "test"):
                vectors = {}
                for task in getattr(benchmark, f"{split}_tasks"):
                    vectors.setdefault(task.env_name, []).append(pickle.loads(task.data)["rand_vec"])
                for env, rows in vectors.items():
                    file.create_dataset(f"{name}/seed{seed}/{split}/{env}", data=np.array(rows, dtype=np.float64),
                                        compression="gzip", compression_opts=9)


if __name__ == "__main__":
    record_episodes(sys.argv[1])
    record_lists(sys.argv[2])
