"""What the tests of documents do otherwise than a reader, with the reasons. commands.py fails where an entry has nothing in its page."""
import os
from pathlib import Path

# What replaces a script that builds: it looks whether the real one, or set-up to which it hands on, explains each option.
STAND_INS = ('setup.sh', 'test.sh', 'fuzz.sh')
STAND_IN = """#!/bin/sh
# stands in for {real}: nothing is built
for word; do
  case $word in
    --*) {{ "{real}" --help; "{setup}" --help; }} | grep -qwe "${{word%%=*}}" || {{ echo "$0: no option $word" >&2; exit 2; }} ;;
  esac
done
"""

# The program as the pages start it: training is short, all else as it is.
PROGRAM = """#!/bin/sh
case $1 in
  train) exec "{real}" "$@" {short} ;;
  *) exec "{real}" "$@" ;;
esac
"""
SHORT = ('train.rounds=3', 'train.random_rounds=1', 'model.updates=2', 'model.warmup_factor=1', 'agent.updates=5', 'agent.hidden=32',
         'env.horizon=20', 'eval.interval=1', 'eval.trials=4', 'checkpoint.interval=1')

# What a machine may lack. A command with the sign is then not run, and the test says so; Python is compiled all the same.
# A "build" says by a variable what it was configured with.
NEEDS = {
    'glibrl render': ('build', 'GLIBRL_DRAWS'),
    '--with-ft ulfm': ('build', 'GLIBRL_ULFM'),
    'h5py': ('module', 'h5py'),
    'h5dump': ('program', 'h5dump'),
    'ffmpeg': ('program', 'ffmpeg'),
    '.mp4': ('program', 'ffmpeg'),
}

printed = 'the quick start starts it, and prints this of a full run'
hosts = 'it needs four hosts: tests/mpi/hosts.sh has them'
slurm = 'it needs a Slurm cluster: tests/slurm has one'
modules = "it needs environment modules"
site = 'it installs into the system'
network = 'it needs the network'
spack = 'it needs Spack'

short = ' '.join(f'--set {key}' for key in SHORT)
one_machine = '. deploy/mpi_env.sh'
one_arm = 'glibrl train --preset ml1-reach --set train.episodes_per_task=2 --out runs/ml10'   # where fifteen would be loaded

# page: what to do with it
#   given      commands that make what the page takes as there
#   instead    text within commands, and what stands for it here
#   not_run    commands that are left out, with the reason
#   fails      commands that end with another code than 0
#   program    what stands for the program, in the build folder
#   text       how blocks begin that are not commands; *: all others of the page
reader = (Path(__file__).parents[2] / 'docs/examples/read_run.py').read_text().rstrip('\n')

PAGES = {
    'README.md': {
        'text': ['trained in', 'Mean return per episode', 'steps '],
        'not_run': {
            '$ build/mpirun --bind-to none -n 3 build/glibrl train --preset quickstart --out runs/quickstart --resume never': printed,
            '$ build/glibrl eval runs/quickstart': printed,
        },
    },
    'CONTRIBUTING.md': {
        'instead': {
            'ninja -C build && meson test -C build': 'build/meson test -C build --no-rebuild --list',
            '--print-errorlogs': "| grep ':la$'",
            'build-fuzz/tests/fuzz/fuzz_config FILE': 'build/tests/fuzz/fuzz_config tests/fuzz/corpus/config/odd',
        },
        'text': ['common/   base'],
    },
    'docs/architecture.md': {'text': ['*']},
    'docs/environments.md': {'text': ['*']},
    'docs/errors.md': {'text': ['glibrl train: run.ini']},
    'docs/reproducibility.md': {
        'fails': {'glibrl diff runs/a runs/b': 1},
        'text': ['configuration: agent.polyak'],
    },
    'docs/theory/kernel-identity.md': {'text': ['*']},
    'docs/theory/linear-model.md': {'text': ['*']},
    'docs/tutorial.md': {
        'instead': {'git clone REPOSITORY glibrl && cd glibrl': 'cd ../glibrl'},
    },
    'docs/howto/a-mujoco-task-of-your-own.md': {
        'program': 'tests/docs/glibrl_own',
        'text': ['F("pole"', 'X(pole)', 'sources +='],
    },
    'docs/howto/add-a-metaworld-task.md': {
        'instead': {'[FILE [environment]]': 'tests/golden/env/metaworld_v3.h5 reach'},
        'text': ['const struct glb_sawyer_rules'],
    },
    'docs/howto/add-a-task.md': {'text': ['F("cheetah-back"']},
    'docs/howto/evaluate.md': {
        'given': [one_machine, one_arm],
        'instead': {'--tasks 250 --protocol metaworld': '--tasks 2 --protocol metaworld --horizon 50', '-n 9': '-n 3'},
    },
    'docs/howto/install.md': {
        'instead': {'install -C build': 'install -C build --no-rebuild --destdir "$PWD/staged"', '-n 3': '-n 2'},
        'not_run': {'module load openmpi': modules, 'sudo apt-get install libopenmpi-dev': site},
    },
    'docs/howto/link-the-model.md': {
        'instead': {
            'cc docs/examples/posterior.c': f'{os.environ.get("CC", "cc")} docs/examples/posterior.c {os.environ.get("GLIBRL_SANITIZE", "")}',
            'install -C build --destdir': 'install -C build --no-rebuild --destdir', '/tmp/staged': '"$PWD/staged"',
        },
    },
    'docs/howto/measure-scaling.md': {
        'given': [one_machine],
        'instead': {'--ranks 1,2,4,8': '--ranks 1,2 --repeats 1 --warmup 1 --rounds 2 ' + short},
        'not_run': {
            'glibrl scale --preset ml10 --set train.slots=512 --ranks 2,8,32,128 --launcher "srun --mpi=pmix" --out studies/ml10': slurm,
        },
        'text': ['studies/vel/'],
    },
    'docs/howto/read-a-run.md': {
        'given': ['glibrl train --preset point --out RUN'],
        'instead': {'round-00000100': 'round-00000003'},
        'text': ['RUN/'],
        'not_run': {reader: 'the listing of docs/examples/read_run.py, which is run before it'},
    },
    'docs/howto/render.md': {
        'instead': {'1280x720': '640x360'},
        'given': ['glibrl train --preset cheetah-vel --out runs/vel-0', one_arm],
    },
    'docs/howto/report.md': {
        'instead': {'0 1 2 3 4': '0 1'},
        'text': ['reports/dir/'],
    },
    'docs/howto/run-over-mpi.md': {
        'instead': {'-n 40': '-n 6', 'train.slots=144': 'train.slots=16', '| sbatch': '| bash -n', '-n 9': '-n 3'},
        'text': ['ok    mpi', 'glibrl train: runs/vel-1', '[rank 0] warning: rank 2', '[rank 0] warning: rank 0'],
        'not_run': {
            'build/mpirun --bind-to none -H node1:2,node2:1,node3:1,node4:1 -n 5 build/glibrl doctor': hosts,
            'build/mpirun --bind-to none -H node1:2,node2:1,node3:1,node4:1 -n 5 build/glibrl train --preset cheetah-vel --out runs/vel-1': hosts,
            'build/mpirun --prtemca oob_tcp_keepalive_time 10 --prtemca oob_tcp_keepalive_intvl 5 --prtemca oob_tcp_keepalive_probes 3 \\\n'
            '  --bind-to none -H node1:2,node2:1,node3:1,node4:1 -n 5 build/glibrl train --preset cheetah-vel --set watch.limit=900 --out runs/vel-1': hosts,
        },
    },
    'docs/howto/see-where-time-goes.md': {
        'given': [one_machine],
        'text': ['rank 0  |model|'],
    },
    'docs/howto/slurm.md': {
        'instead': {'git clone REPOSITORY glibrl && cd glibrl': 'cd ../glibrl'},
        'not_run': {
            'srun -n 1 build/glibrl doctor': slurm,
            'module use $PWD/deploy/modules': modules,
            'module load glibrl': modules,
            'sbatch vel-1.sbatch': slurm,
            'job=$(sbatch --parsable reach.sbatch)': slurm,
            'for seed in 0 1 2 3 4; do\n  sbatch --dependency=afterok:"${job}_$seed" deploy/slurm/evaluate.sbatch "runs/reach-$seed" --tasks 50\ndone': slurm,
            'spack repo add CLONE/deploy/spack/spack_repo/glibrl': spack,
            'spack install glibrl mujoco=/opt/mujoco-3.3.0 models=/opt/models': spack,
        },
        'fails': {
            '$ glibrl sbatch --preset cheetah-vel --set agent.rte=1e-3 --out runs/vel-1': 1,
            '$ glibrl sbatch --preset cheetah-vel --ranks 9 --out runs/vel-1': 1,
        },
    },
    'docs/howto/watch-a-run.md': {
        'given': ['glibrl train --preset point --out RUN', 'mkdir runs && cp -r RUN runs/a'],
        'not_run': {'pip install tensorboard': network, 'tensorboard --logdir RUN': 'TensorBoard is no part of this: tests/mpi/events.py reads its files'},
        'text': ['runs/dir-1'],
    },
}
