"""Shell scripts parse and are executable; Python scripts compile.

Usage: scripts.py ROOT"""
import os
import subprocess
import sys
from pathlib import Path

import lint


def is_shell(path):
    return path.read_bytes()[:64].split(b'\n')[0] in (b'#!/usr/bin/env bash', b'#!/bin/sh', b'#!/bin/bash')


def check(root):
    root, findings = Path(root), []
    for name in lint.files(root):
        path = root / name
        if name.suffix == '.py':
            try:
                compile(path.read_text(), str(name), 'exec')
            except SyntaxError as error:
                findings.append(f'{name}:{error.lineno}: {error.msg}')
        elif is_shell(path):
            done = subprocess.run(['bash', '-n', path], capture_output=True, text=True, check=False)
            if done.returncode:
                findings.append(f'{name}: {done.stderr.strip()}')
            if not os.access(path, os.X_OK):
                findings.append(f'{name}: not executable (git update-index --chmod=+x)')
        elif name.suffix == '.sh':
            findings.append(f'{name}: the first line is not "#!/usr/bin/env bash"')
    return findings


if __name__ == '__main__':
    lint.report(check(sys.argv[1]))
