"""docs/parameters.md is what the program says about its parameters.

Usage: parameters.py ROOT GLIBRL"""
import difflib
import subprocess
import sys
from pathlib import Path

import lint

PAGE = 'docs/parameters.md'


def check(page, said):
    """The first lines in which the page (a path) and what the program says differ."""
    if not page.is_file():
        return [f'no {PAGE}']
    lines = difflib.unified_diff(page.read_text().splitlines(), said.splitlines(), PAGE, 'glibrl params --markdown',
                                 lineterm='', n=0)
    return list(lines)[:20]


if __name__ == '__main__':
    said = subprocess.run([sys.argv[2], 'params', '--markdown'], capture_output=True, text=True, check=True).stdout
    findings = check(Path(sys.argv[1]) / PAGE, said)
    if findings:
        print(f'Renew it: build/glibrl params --markdown > {PAGE}')
    lint.report(findings)
