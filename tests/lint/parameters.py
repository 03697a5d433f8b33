"""docs/parameters.md is what the program says about its parameters.

Usage: parameters.py ROOT GLIBRL"""
import difflib
import subprocess
import sys
from pathlib import Path

import lint

PAGE = 'docs/parameters.md'


def check(page, said):
    """The first lines in which the page and what the program says differ."""
    lines = difflib.unified_diff(page.splitlines(), said.splitlines(), PAGE, 'glibrl params --markdown', lineterm='', n=0)
    return list(lines)[:20]


if __name__ == '__main__':
    said = subprocess.run([sys.argv[2], 'params', '--markdown'], capture_output=True, text=True, check=True).stdout
    page = Path(sys.argv[1]) / PAGE
    findings = check(page.read_text() if page.exists() else '', said)
    if findings:
        print(f'Renew it: build/glibrl params --markdown > {PAGE}')
    lint.report(findings)
