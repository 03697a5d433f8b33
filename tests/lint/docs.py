"""Links between pages lead to files that exist, phases are explained, pages have examples as they are, and nothing in the project knows a developer's machine.

Usage: docs.py ROOT"""
import re
import sys
from pathlib import Path

import lint

LINK = re.compile(r'\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)')
FENCE = re.compile(r'^(```|~~~).*?^\1', re.MULTILINE | re.DOTALL)
# One letter of each word in brackets, so that this file does not find itself.
MACHINE = re.compile(r'/[w]ork/|/[r]oot/|/[h]ome/[a-z]|/[o]pt/wheels|[f]iles\.pythonhosted\.org|[p]ypi\.org|'
                     r'[d]eb\.debian\.org|[a]rchive\.ubuntu\.com')


def check_links(root, page):
    text = FENCE.sub('', (root / page).read_text())
    for target in LINK.findall(text):
        path = target.split('#')[0]
        if path and not re.match(r'[a-z]+:', path) and not (root / page.parent / path).exists():
            yield f'{page}: no file at {target}'


def check_machine(root, name):
    try:
        text = (root / name).read_text()
    except UnicodeDecodeError:  # a binary file
        return
    for number, line in enumerate(text.splitlines(), 1):
        found = MACHINE.search(line)
        if found:
            yield f'{name}:{number}: names a machine or a registry: {found.group()}'


def check_phases(root):
    """Every phase of a rank's time is explained."""
    page = 'docs/howto/see-where-time-goes.md'
    if not (root / page).exists():
        return []
    told = set(re.findall(r'^\| `(\w+)` \|', (root / page).read_text(), re.MULTILINE))
    names = set(re.findall(r'^P\((\w+),', (root / 'common/base/phases.def').read_text(), re.MULTILINE))
    return [f'{page}: phase {name} is {"missing" if name in names else "none of phases.def"}' for name in sorted(told ^ names)]


def check_examples(root):
    """A Python program among the examples stands in the page that links to it, line for line."""
    pages = {page: (root / page).read_text() for page in lint.files(root, '.md')}
    for name in lint.files(root, '.py'):
        if name.parent.as_posix() != 'docs/examples':
            continue
        block = f'```python\n{(root / name).read_text()}```\n'
        linking = [page for page, text in pages.items() if f'examples/{name.name})' in text]
        if not linking:
            yield f'{name}: no page links to it'
        for page in linking:
            if block not in pages[page]:
                yield f'{page}: does not have {name} as it is now'


def check(root):
    root = Path(root)
    findings = check_phases(root) + list(check_examples(root)) + [finding for page in lint.files(root, '.md') for finding in check_links(root, page)]
    return findings + [finding for name in lint.files(root) for finding in check_machine(root, name)]


if __name__ == '__main__':
    lint.report(check(sys.argv[1]))
