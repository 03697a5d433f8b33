"""C files are formatted as .clang-format says. Releases of clang-format differ, so only the one the project uses counts.

Usage: layout.py ROOT"""
import re
import shutil
import subprocess
import sys

import lint

RELEASE = '14'


def find_formatter():
    for name in (f'clang-format-{RELEASE}', 'clang-format'):
        if shutil.which(name):
            version = subprocess.run([name, '--version'], capture_output=True, text=True, check=True).stdout
            if re.search(rf'version {RELEASE}\.', version):
                return name
    return None


def check(root, formatter):
    findings = []
    for path in lint.files(root, '.c', '.h'):
        done = subprocess.run([formatter, '--dry-run', '-Werror', '-ferror-limit=1', path.as_posix()], cwd=root,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            line = done.stderr.split(':')[1]
            findings.append(f'{path.as_posix()}:{line}: {formatter} -i would change it')
    return findings


if __name__ == '__main__':
    program = find_formatter()
    if program is None:
        print(f'clang-format {RELEASE} is not installed: not checked')
        sys.exit(lint.SKIPPED)
    lint.report(check(sys.argv[1], program))
