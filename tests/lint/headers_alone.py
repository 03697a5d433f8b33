"""Every header compiles by itself, so that the order of includes never matters.

Usage: headers_alone.py ROOT BUILD"""
import json
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import lint


def compiler_call(build):
    """Compiler, include folders, definitions and warnings as the build has them, with the folder to run in."""
    entry = json.loads((Path(build) / 'compile_commands.json').read_text())[0]
    words = shlex.split(entry['command'])
    keep = [word for word in words[1:] if word.startswith(('-I', '-isystem', '-D', '-std', '-W', '-pthread'))]
    compiler = [word for word in words[:2] if not word.startswith('-')]  # "ccache cc", or "cc"
    return compiler + keep, entry['directory']


def check_header(root, header, call, directory):
    with tempfile.NamedTemporaryFile('w', suffix='.c') as source:
        source.write(f'#include "{header.as_posix()}"\n#include "{header.as_posix()}"\nextern int glb_lint_alone;\n')
        source.flush()
        done = subprocess.run(call + ['-I', str(root), '-fsyntax-only', source.name], cwd=directory,
                              capture_output=True, text=True, check=False)
    return f'{header.as_posix()} does not compile by itself:\n{done.stderr}' if done.returncode else None


def check(root, call, directory):
    root = Path(root).resolve()
    headers = [path for path in lint.files(root, '.h')]
    with ThreadPoolExecutor(cpu_count()) as pool:
        findings = pool.map(lambda header: check_header(root, header, call, directory), headers)
    return [finding for finding in findings if finding]


if __name__ == '__main__':
    lint.report(check(sys.argv[1], *compiler_call(sys.argv[2])))
