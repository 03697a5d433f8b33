#!/usr/bin/env python3
"""Steps per CPU second of the environments here, of Gymnasium's, of the MetaWorld package's and of EnvPool's, in turn.

usage: peers.py [PAGE]     (default: docs/results/environments.md)

Runs in a Python that has the peers: pip install gymnasium==1.4.0 mujoco==3.3.0 metaworld==3.1.1 packaging envpool==1.2.5
About ten minutes. Each repetition measures everything once; ratios are taken within a repetition, medians over them.
"""
import datetime
import json
import os
import statistics
import subprocess
import sys
import time

import gymnasium
import metaworld
import numpy as np

try:
    import envpool
except ImportError:
    envpool = None

REPEATS, SECONDS = 5, 1.0
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# family here, Gymnasium's environment or MetaWorld's, EnvPool's
ROWS = [
    ("cheetah-dir", "HalfCheetah-v5", "HalfCheetah-v5"),
    ("cheetah-vel", "HalfCheetah-v5", "HalfCheetah-v5"),
    ("ant-dir", "Ant-v5", "Ant-v5"),
    ("ant-goal", "Ant-v5", "Ant-v5"),
    ("humanoid-dir", "Humanoid-v5", "Humanoid-v5"),
    ("hopper-params", "Hopper-v5", "Hopper-v5"),
    ("walker-params", "Walker2d-v5", "Walker2d-v5"),
    ("ml1-reach", "reach-v3", "MetaWorld/Reach-v3"),
    ("ml1-push", "push-v3", "MetaWorld/Push-v3"),
    ("ml1-pick-place", "pick-place-v3", "MetaWorld/PickPlace-v3"),
    ("ml1-door-open", "door-open-v3", "MetaWorld/DoorOpen-v3"),
    ("ml1-assembly", "assembly-v3", "MetaWorld/Assembly-v3"),
]


def rate(step, steps_per_call):
    """Steps per second of CPU time of `step`, after a short warm-up."""
    end = time.perf_counter() + 0.2
    while time.perf_counter() < end:
        step()
    calls, cpu, end = 0, time.process_time(), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        step()
        calls += 1
    return calls * steps_per_call / (time.process_time() - cpu)


def gymnasium_stepper(name, horizon):
    env = gymnasium.make(name, max_episode_steps=horizon).unwrapped
    return stepper(env, horizon)


def metaworld_stepper(name):
    benchmark = metaworld.ML1(name, seed=1)
    env = benchmark.train_classes[name]()
    env.set_task(benchmark.train_tasks[0])
    return stepper(env, env.max_path_length)


def stepper(env, horizon):
    """One step of an environment with a uniform action; resets at the horizon and at a termination are part of it."""
    rng = np.random.default_rng(0)
    actions = rng.uniform(env.action_space.low, env.action_space.high, (512,) + env.action_space.shape)
    env.reset()
    state = dict(t=0, k=0)

    def step():
        state["k"] = (state["k"] + 1) % 512
        state["t"] += 1
        terminated = env.step(actions[state["k"]])[2]
        if terminated or state["t"] >= horizon:
            env.reset()
            state["t"] = 0

    return step


def envpool_stepper(name):
    env = envpool.make(name, env_type="gymnasium", num_envs=16, num_threads=1)
    env.reset()
    rng = np.random.default_rng(0)
    actions = rng.uniform(env.action_space.low, env.action_space.high, (64, 16) + env.action_space.shape)
    state = dict(k=0)

    def step():
        state["k"] = (state["k"] + 1) % 64
        env.step(actions[state["k"]])

    return step


def own_rates():
    done = subprocess.run([f"{TOP}/build/glibrl", "bench", "env", "--json", "--repeats", "5", "--seconds", str(SECONDS / 5)],
                          stdout=subprocess.PIPE, check=True)
    return {row["name"][4:]: row["rate"]["median"] for row in json.loads(done.stdout)["rows"] if row["name"].startswith("env.")}


def measure():
    """[repetition][row] -> (own, package, envpool)"""
    package = [gymnasium_stepper(p, 200) if p.endswith("-v5") else metaworld_stepper(p) for _, p, _ in ROWS]
    pool = [envpool_stepper(e) if envpool else None for _, _, e in ROWS]
    runs = []
    for repeat in range(REPEATS):
        own = own_rates()
        runs.append([(own[family], rate(package[i], 1), rate(pool[i], 16) if pool[i] else None)
                     for i, (family, _, _) in enumerate(ROWS)])
        print(f"repetition {repeat + 1} of {REPEATS}", flush=True)
    return runs


def median(values):
    return statistics.median(values) if None not in values else None


def cell(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def page(runs):
    cpu = next((line.split(": ", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    lines = [
        "# Environments beside their peers", "",
        f"Made by `deploy/peers.py` on {datetime.date.today()}, one core of {cpu}. Control steps per second of CPU time,",
        "uniform actions, resets included; Gymnasium " + gymnasium.__version__ + ", MetaWorld 3.1.1, EnvPool "
        + (envpool.__version__ if envpool else "(not installed)") + " with one thread and 16 environments.",
        f"Medians over {REPEATS} repetitions; ratios are taken within a repetition, where all are measured in turn.", "",
        "| family | here | package | EnvPool | here / package | here / EnvPool |", "|---|---|---|---|---|---|",
    ]
    for i, (family, name, _) in enumerate(ROWS):
        own, package, pool = zip(*[run[i] for run in runs])
        ratios = [o / p for o, p in zip(own, package)]
        pool_ratios = [o / e if e else None for o, e in zip(own, pool)]
        lines.append(f"| {family} ({name}) | {cell(median(own))} | {cell(median(package))} | {cell(median(pool))} "
                     f"| {cell(median(ratios), 2)} | {cell(median(pool_ratios), 2)} |")
    lines += [
        "",
        "An episode here has 200 steps (Gymnasium's bodies) or 500 (MetaWorld); the package's environments are reset at the same",
        "lengths and at terminations, EnvPool's at its own. The families' rewards and observations differ from Gymnasium's where",
        "docs/environments.md says so. MetaWorld resets are simulated once for a task and then recalled here, every time in the",
        "package. `glibrl bench env` has the same rates beside a bare loop of the simulator on the same model.", ""
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        sys.exit(0)
    path = sys.argv[1] if len(sys.argv) > 1 else f"{TOP}/docs/results/environments.md"
    text = page(measure())
    with open(path, "w") as out:
        out.write(text)
    print(f"wrote {path}")
