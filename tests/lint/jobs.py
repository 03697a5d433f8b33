"""Job scripts and recipes of deploy/ are what they say. A script "Made by: glibrl sbatch ..." is what that command prints now; shell
scripts please shellcheck and Lua files luac, where these are installed.

Usage: jobs.py ROOT GLIBRL"""
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import lint

MADE = re.compile(r'^# Made by: glibrl (sbatch .*)$', re.MULTILINE)
JOBS = ('.sbatch', '.pbs')


def check_made(name, text, glibrl):
    made = MADE.search(text)
    if not made:
        return
    said = subprocess.run([glibrl, *shlex.split(made[1])], capture_output=True, text=True, check=False)
    if said.stdout != text:
        yield f'{name}: its own command prints something else{said.stderr and ": " + said.stderr}; renew it: glibrl {made[1]} > {name}'


def check_with(tool, root, name, *arguments):
    if shutil.which(tool):
        done = subprocess.run([tool, *arguments, name.as_posix()], cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f'{name}: {tool}: {(done.stdout or done.stderr).strip()}'


def check(root, glibrl):
    findings = []
    for name in lint.files(root, *JOBS, '.lua'):
        if name.suffix == '.lua':
            findings += check_with('luac', root, name, '-p')
        else:
            findings += check_made(name, (Path(root) / name).read_text(), glibrl)
            findings += check_with('shellcheck', root, name)
    return findings


if __name__ == '__main__':
    lint.report(check(sys.argv[1], sys.argv[2]))
