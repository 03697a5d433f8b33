#!/usr/bin/env python3
"""Writes a page of docs/results from the runs that deploy/results.sh made.

usage: results.py cheetah|ant|metaworld|ablations|kernel RUNS RANKS     (the page goes to stdout)
"""
import csv
import datetime
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Runs:
    """Files of a folder of runs."""

    def __init__(self, folder):
        self.folder = folder

    def figures(self, name, what):
        with open(f"{self.folder}/{name}.{what}.json") as file:
            return json.load(file)

    def seconds(self, name, rounds):
        with open(f"{self.folder}/{name}.{rounds}.seconds") as file:
            return int(file.read())

    def table(self, name):
        with open(f"{self.folder}/{name}.csv", newline="") as file:
            return list(csv.DictReader(file))

    def metrics(self, name):
        with open(f"{self.folder}/{name}/metrics.jsonl") as file:
            return [json.loads(line) for line in file]

    def steps(self, name, rounds):
        return next(row["steps"] for row in self.metrics(name) if row["round"] == rounds)


def head(title, topic, ranks, about):
    cpu = next((line.split(": ", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    version = subprocess.run([f"{TOP}/build/glibrl", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    how = "as one process" if ranks == 1 else f"with {ranks} ranks (one learns)"
    launch = "" if ranks == 1 else f"mpirun -n {ranks} "
    return f"""# {title}

Made by `deploy/results.sh {topic}`, {how} on {os.cpu_count()} cores, {cpu}, {datetime.date.today()},
program {version.splitlines()[0]}. {about}
Figures of other papers were made with other simulators and are not comparable (docs/environments.md).

Command of each run: `{launch}glibrl train --preset NAME --set train.seed=SEED --set train.rounds=ROUNDS --out RUN`. Seconds
are of training, evaluations on the way and checkpoints included, on a machine that others use too.
"""


def interval(e, what="return_iqm"):
    return f"{e[what]:.0f} ({e[what + '_low']:.0f} to {e[what + '_high']:.0f})"


def share(e):
    return f"{e['success']:.2f} ({e['success_low']:.2f} to {e['success_high']:.2f})"


def curve(runs, name, key, digits=0):
    points = [(row["steps"], row[key]) for row in runs.metrics(name) if row[key] is not None]
    return " · ".join(f"{steps:,}: {value:.{digits}f}" for steps, value in points)


def evaluations(runs, name, key):
    return [(row["steps"], row[key]) for row in runs.metrics(name) if row[key] is not None and row["round"] > 0]


def by_steps(points, width, count):
    """Of each `width` steps: the evaluation nearest to their end, and the mean of those in them; None where there is none."""
    nearest, means = [], []
    for i in range(count):
        low, high = width * i, width * (i + 1)
        inside = [value for steps, value in points if low < steps <= high]
        reached = points[-1][0] > high - width / 4
        nearest.append(min(points, key=lambda point: abs(point[0] - high))[1] if reached else None)
        means.append(sum(inside) / len(inside) if inside else None)
    return nearest, means


# ---- pages ----

def cheetah(runs, ranks):
    print(head("HalfCheetah: learning curves", "cheetah", ranks,
               "Greedy first-episode return on 40 held-out trials;\nthe tasks of cheetah-dir are its two directions, those of "
               "cheetah-vel 40 fixed velocities."))
    print("| run | environment steps | seconds | mean return | IQM (95 % interval over trials) |\n|---|---|---|---|---|")
    rows = [(f"dir-{seed}", rounds, f"cheetah-dir, seed {seed}" + (", resumed" if rounds == 100 else ""))
            for seed in (0, 1, 2) for rounds in (47, 100)]
    rows += [("vel-0", 50, "cheetah-vel, seed 0"),
             ("dir-zero-belief", 50, "cheetah-dir, seed 0, belief.zero=true (control)")]
    for name, rounds, title in rows:
        first = runs.figures(name, rounds)["episodes"][0]
        print(f"| {title} | {rounds * 3200} | {runs.seconds(name, rounds)} | {first['return_mean']:.0f} | {interval(first)} |")
    print("\nThe control sees zeros instead of the belief: it cannot tell the two directions apart.\n")
    print("## Evaluations on the way\n\nSteps: mean greedy first-episode return on 16 held-out trials.\n\n| run | curve |\n|---|---|")
    for name, title in [(f"dir-{seed}", f"cheetah-dir, seed {seed}") for seed in (0, 1, 2)] + \
            [("vel-0", "cheetah-vel, seed 0"), ("dir-zero-belief", "cheetah-dir, belief.zero=true")]:
        print(f"| {title} | {curve(runs, name, 'eval_return_first')} |")


def ant(runs, ranks):
    print(head("Ant, two directions", "ant", ranks,
               "Greedy trials of two episodes on the two tasks\nof ant-dir. Standing still for 200 steps returns 200."))
    print("| run | environment steps | seconds | episode 1, IQM (95 % interval over trials) | episode 2 | forwards, episode 1 "
          "| backwards, episode 1 |\n|---|---|---|---|---|---|---|")
    for name, what, rounds, title in (("ant-0", 190, 190, "ant-dir, seed 0"),
                                      ("ant-0", "shuffled", 190, "the same, acting on the context of the other task"),
                                      ("ant-zero-0", 100, 100, "ant-dir, seed 0, belief.zero=true (control)")):
        d = runs.figures(name, what)
        by = {task["label"]: task["return_mean"][0] for task in d["tasks"]}
        print(f"| {title} | {runs.steps(name, rounds):,} | {runs.seconds(name, rounds)} | {interval(d['episodes'][0])} "
              f"| {interval(d['episodes'][1])} | {by['forwards']:.0f} | {by['backwards']:.0f} |")
    print("\nThe control sees zeros instead of the belief: it cannot tell the two directions apart.\n")
    rows = [("ant-0", "ant-dir, seed 0"), ("ant-zero-0", "belief.zero=true")]
    print("## Evaluations on the way\n\nGreedy return of the last episode on 16 held-out trials every ten rounds, by steps: the one nearest "
          "to each multiple of\n200,000, and the mean of those in the 200,000 steps before it.\n")
    print("| run | " + " | ".join(f"{200000 * (i + 1):,}" for i in range(5)) + " |\n|---|" + "---|" * 5)
    for name, title in rows:
        for what, values in zip(("nearest", "mean"), by_steps(evaluations(runs, name, "eval_return_last"), 200000, 5)):
            print(f"| {title}, {what} | " + " | ".join("" if value is None else f"{value:.0f}" for value in values) + " |")
    print("\n| run | all of them, by steps |\n|---|---|")
    for name, title in rows:
        print(f"| {title} | {curve(runs, name, 'eval_return_last')} |")


def metaworld(runs, ranks):
    print(head("MetaWorld", "metaworld", ranks, "Success: the flag raised at any step of an episode."))
    print("## ML1-reach\n\nTwo episodes of 150 steps, K = 32, reward head; 50 held-out goals, greedy. The row `shuffled` acts on the "
          "context of another\ngoal; `10 + 3` is MetaWorld's own protocol (500 steps an episode, ten of adaptation, three evaluated).\n")
    print("| run | environment steps | seconds | success, episode 1 (95 % interval over trials) | success, episode 2 | return, episode 2, IQM "
          "|\n|---|---|---|---|---|---|")
    for seed in (0, 1, 2):
        name = f"reach-{seed}"
        first, second = runs.figures(name, 100)["episodes"]
        print(f"| seed {seed} | {runs.steps(name, 100):,} | {runs.seconds(name, 100)} | {share(first)} | {share(second)} | {interval(second)} |")
        first, second = runs.figures(name, "shuffled")["episodes"]
        print(f"| seed {seed}, shuffled | | | {share(first)} | {share(second)} | {interval(second)} |")
        adapted = runs.figures(name, "metaworld")["adapted"]
        print(f"| seed {seed}, 10 + 3 | | | | {share(adapted)} after adaptation | {interval(adapted)} |")
    print("\nSuccess on 16 held-out trials on the way, mean of the two episodes:\n\n| run | curve |\n|---|---|")
    for seed in (0, 1, 2):
        print(f"| seed {seed} | {curve(runs, f'reach-{seed}', 'eval_success', 2)} |")
    ml10(runs)


def extremes(rows, key):
    """Of all rounds; a value that is not finite stands as null in the log."""
    values = [row[key] for row in rows if row["round"] > 0]
    if None in values:
        return f"not finite in {values.count(None)} rounds"
    return f"{min(values):.3g} to {max(values):.3g}"


def ml10(runs):
    rows = runs.metrics("ml10-0")
    print(f"\n## ML10\n\nSeed 0, both heads, {rows[-1]['steps']:,} steps in {runs.seconds('ml10-0', 50)} s. Two episodes of 200 steps, greedy.\n")
    for what, title in (("train", "training tasks"), ("test", "held-out tasks")):
        d = runs.figures("ml10-0", what)
        print(f"**{d['trials']} trials on {title}**: success {share(d['episodes'][0])} in episode 1, {share(d['episodes'][1])} in episode 2.\n")
        print("| environment | trials | success, episode 1 | success, episode 2 | return, episode 1 | return, episode 2 |\n|---|---|---|---|---|---|")
        for task in sorted(d["tasks"], key=lambda task: task["label"]):
            print(f"| {task['label']} | {task['trials']} | {task['success'][0]:.2f} | {task['success'][1]:.2f} "
                  f"| {task['return_mean'][0]:.0f} | {task['return_mean'][1]:.0f} |")
        print()
    print("Of each round's last model update, smallest to largest of all rounds:\n")
    print("| | reward head | transition head |\n|---|---|---|")
    for key, title in (("evidence", "evidence, nats a row"), ("condition", "cond(Xi)"), ("log_rank", "log effective rank of Phi'Phi"),
                       ("predictive", "predictive of new trials, nats a row")):
        print(f"| {title} | {extremes(rows, key + '_reward')} | {extremes(rows, key + '_transition')} |")
    print("\nSuccess on 16 held-out trials on the way: " + curve(runs, "ml10-0", "eval_success", 2))


ABLATIONS = {"reward": ("the preset: belief of the reward head", ""),
             "both": ("both heads", "belief.heads=both"),
             "transition": ("transition head only", "belief.heads=transition"),
             "zero": ("belief replaced by zeros", "belief.zero=true"),
             "fixed": ("fixed random basis, learned prior", "model.learn_basis=false"),
             "point": ("point estimate: the mean without variances, noise and number of steps", "belief.uncertainty=false")}


def ablations(runs, ranks):
    steps = runs.steps("reward-0", 40)
    print(head("Ablations on HalfCheetah, two directions", "ablations", ranks,
               f"Preset cheetah-dir with one\nkey changed, 40 rounds ({steps:,} steps), seeds 0, 1, 2. Greedy return of 40 held-out "
               "trials: mean over the trials of a run,\nand over runs the interquartile mean (of three: the mean) with the 95 % "
               "interval of a bootstrap over seeds. **Three seeds\ngive intervals that are too narrow.**"))
    report = "ablations-report"
    returns = {row["group"]: row for row in runs.table(f"{report}/adaptation") if row["quantity"] == "return" and row["episode"] == "1"}
    better = {row["group"]: row for row in runs.table(f"{report}/improvement") if row["than"] == "A"}
    belief = runs.table(f"{report}/belief")

    def of(group, head, quantity, at=None):
        found = [row for row in belief if (row["group"], row["head"], row["quantity"]) == (group, head, quantity)
                 and (at is None or float(row["at"]) == at)]
        return f"{float(found[-1]['iqm']):.2f}" if found else ""

    print("| configuration | key | return | each seed | worse than the preset, probability |\n|---|---|--:|---|--:|")
    for letter, (name, (title, key)) in zip("ABCDEF", ABLATIONS.items()):
        row = returns[letter]
        each = ", ".join(f"{runs.figures(f'{name}-{seed}', 40)['episodes'][0]['return_mean']:.0f}" for seed in (0, 1, 2))
        worse = f"{1 - float(better[letter]['probability']):.2f}" if letter in better else ""
        print(f"| {letter}: {title} | {key and f'`{key}`'} | {float(row['iqm']):.0f} ({float(row['low']):.0f} to {float(row['high']):.0f}) "
              f"| {each} | {worse} |")
    print("\n![Learning curves](ablations-learning.png)\n\n![Comparison](ablations-comparison.png)\n")
    print("## The task model on held-out trials\n\n`glibrl calibration`: share of targets in the central 90 % interval of the predictive, "
          "deviation of the weights over the\nprior's at the end of a trial, log predictive density of a row there (mean over seeds).\n")
    print("| configuration | reward: in 90 % | deviation | nats a row | transition: in 90 % | deviation | nats a row |\n|---|--:|--:|--:|--:|--:|--:|")
    for letter, name in zip("ABCDEF", ABLATIONS):
        cells = [of(letter, head_, quantity, at) for head_ in ("reward", "transition")
                 for quantity, at in (("coverage", 0.9), ("deviation", None), ("predictive", None))]
        print(f"| {letter}: {name} | " + " | ".join(cells) + " |")
    print("\n![Task model on held-out tasks](ablations-belief.png)")


def kernel(runs, ranks):
    print(head("The kernel identity on trained runs", "kernel", ranks,
               "`glibrl kernel RUN --tasks 20 --plot FILE`\non cheetah-vel (50 rounds) and ml1-reach (100 rounds), seed 0: all 190 pairs "
               "of 20 held-out tasks."))
    print("The squared distance of two task representations equals the kernel correspondence of the tasks' samples "
          "([why](../theory/kernel-identity.md)).\nDeviation: largest relative difference of both sides over all pairs. Rank correlation "
          "(Spearman) of the distance of representations\nwith the correspondence and with the distance of the true task vectors.\n")
    print("| run | basis | pairs | largest deviation | correlation with the correspondence | with the distance of the tasks |\n"
          "|---|---|--:|--:|--:|--:|")
    for name, title in (("vel-0", "cheetah-vel"), ("reach-0", "ml1-reach")):
        for row in runs.table(f"{name}.kernel"):
            print(f"| {title}, {row['head']} head | {row['basis']} | {row['pairs']} | {float(row['largest_deviation']):.1e} "
                  f"| {float(row['rank_correlation_kernel']):.3f} | {float(row['rank_correlation_task']):.3f} |")
    print("\n![cheetah-vel](kernel-vel.png)\n\n![ml1-reach](kernel-reach.png)")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    {"cheetah": cheetah, "ant": ant, "metaworld": metaworld, "ablations": ablations, "kernel": kernel}[sys.argv[1]](Runs(sys.argv[2]), int(sys.argv[3]))
