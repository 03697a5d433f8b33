"""Runs the commands of a page as a newcomer would: one after the other in one shell, in a fresh copy of the source tree whose build/
is that of the tests, with build/ first on the PATH and then this Python, which has what the tests have. What is made short, left to others or expected to fail stands in tables.py; a
command or a block that is neither run nor there is a failure, and so is an entry that no page has any more.

Usage: commands.py PAGE      environment: GLIBRL_SOURCE, GLIBRL_BUILD, what tables.py asks for
       commands.py --all PAGE...    the pages with commands are these"""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import extract
import tables

source = Path(os.environ.get('GLIBRL_SOURCE', '.'))
TRACE = re.compile(r'^\(GLB_E\w+: .*\)\n', re.MULTILINE)  # where in the sources a message was passed on: no page has it
LEFT = ('GLIBRL_', 'OMPI_', 'PRTE_')    # of the environment: what a reader has not set
SKIPPED = ('.git', 'results', '__pycache__')


def documents(root):
    """All pages whose commands are promises; results and decisions tell what was."""
    found = [*root.glob('*.md'), *root.glob('docs/*.md'), *root.glob('docs/howto/*.md'), *root.glob('docs/theory/*.md')]
    return sorted(path.relative_to(root).as_posix() for path in found)


def missing(command):
    """What this machine lacks for a command, or ''."""
    for sign, (kind, name) in tables.NEEDS.items():
        if sign in command.text:
            there = {'module': importlib.util.find_spec, 'program': shutil.which, 'build': os.environ.get}[kind](name)
            if not there:
                return f'{kind} {name}'
    return ''


class Page:
    """The commands of a page, and what the tables say about them."""

    def __init__(self, name, text):
        self.name = name
        self.rules = tables.PAGES.get(name, {})
        self.found, self.findings = [], []
        unseen = {(kind, key) for kind in ('instead', 'not_run', 'fails') for key in self.rules.get(kind, {})}
        unseen |= {('text', key) for key in self.rules.get('text', ())}
        for block in extract.blocks(text):
            some = extract.commands(block)
            self.found += some
            if not some and block.language in ('', 'text'):
                known = [key for key in self.rules.get('text', ()) if key == '*' or block.text.lstrip().startswith(key)]
                unseen -= {('text', key) for key in known}
                if not known:
                    self.findings.append(f'{name}:{block.line}: neither a command nor known as text: {block.text.splitlines()[:1]}')
        for command in self.found:
            for kind in ('not_run', 'fails'):
                if command.name in self.rules.get(kind, {}):
                    unseen.discard((kind, command.name))
            unseen -= {('instead', old) for old in self.rules.get('instead', {}) if old in command.text}
        self.findings += [f'{name}: tables.py, {kind}: nothing in the page is {key!r}' for kind, key in sorted(unseen)]

    def reason(self, command):
        """Why a command is not run, or ''."""
        return self.rules.get('not_run', {}).get(command.name, '')

    def short(self, command):
        """A command as it is run."""
        text = command.text
        for old, new in self.rules.get('instead', {}).items():
            text = text.replace(old, new)
        return text


def executable(path, text):
    path.write_text(text)
    path.chmod(0o755)


def furnish(scratch, build, program):
    """A clone in scratch/glibrl, with stand-ins for the scripts that build and for the program's training."""
    clone = scratch / 'glibrl'
    shutil.copytree(source, clone, symlinks=True, ignore=lambda folder, names: [
        name for name in names if name in SKIPPED or Path(folder) == source and name.startswith(('build', 'runs'))])
    for name in tables.STAND_INS:
        executable(clone / 'deploy' / name, tables.STAND_IN.format(real=source / 'deploy' / name, setup=source / 'deploy/setup.sh'))
    (clone / 'build').mkdir()
    for path in build.iterdir():
        if path.name not in ('glibrl', 'venv'):
            (clone / 'build' / path.name).symlink_to(path)
    executable(clone / 'build/glibrl', tables.PROGRAM.format(real=build / program, short=' '.join(f'--set {key}' for key in tables.SHORT)))
    tools = (build / 'meson').resolve().parent      # an environment that set-up made, or a system's
    if (tools / 'activate').exists():
        (clone / 'build/venv').symlink_to(tools.parent)
    else:
        (clone / 'build/venv/bin').mkdir(parents=True)
        (clone / 'build/venv/bin/activate').write_text(':\n')
    return clone


def script(page, scratch, run):
    """One shell for the whole page: each command is read into it, its output and exit code go to files."""
    lines = ['set -eo pipefail', f'cd {scratch}/glibrl']
    lines += [f'{text} >{scratch}/given 2>&1' for text in page.rules.get('given', ())]
    for number, command in enumerate(run):
        at = scratch / f'{number:02}'
        at.with_suffix('.cmd').write_text(page.short(command) + '\n')
        start = 'python3' if command.python else '.'
        lines += [f'started=$(date +%s.%N); echo {number} >{scratch}/at']
        if page.rules.get('fails', {}).get(command.name) or command.session:
            lines += ['set +e', f'{start} {at}.cmd >{at}.out 2>&1 </dev/null', 'code=$?', 'set -e', f'echo $code >{at}.code']
        else:
            lines += [f'{start} {at}.cmd >{at}.out 2>&1 </dev/null', f'echo 0 >{at}.code']
        lines += [f'date +%s.%N | sed "s/$/-$started/" >{at}.time']
    (scratch / 'script').write_text('\n'.join(lines) + '\n')
    return scratch / 'script'


def judge(page, scratch, run, code):
    """A finding for each command that ended, or said, something else than the page shows."""
    at = scratch / 'at'
    if run and not at.exists():
        yield f'{page.name}: what the page takes as given failed with {code}:\n{(scratch / "given").read_text()}'
    for number, command in enumerate(run):
        files = scratch / f'{number:02}'
        where = f'{page.name}:{command.line}: {page.short(command)}'
        said = files.with_suffix('.out').read_text(errors='replace') if files.with_suffix('.out').exists() else ''
        if not files.with_suffix('.code').exists():
            if at.exists() and at.read_text().strip() == str(number):
                yield f'{where}\nended with {code}, and said:\n{said}'
            return
        ended, expected = int(files.with_suffix('.code').read_text()), page.rules.get('fails', {}).get(command.name, 0)
        if ended != expected:
            yield f'{where}\nended with {ended} and not with {expected}, and said:\n{said}'
        said = TRACE.sub('', said)
        if command.session and said.strip() != command.shown.strip():
            yield f'{where}\nsaid:\n{said}and not what the page shows:\n{command.shown}'


def check(name, text, build):
    """Runs a page; the findings."""
    page = Page(name, text)
    if page.findings:
        return page.findings
    run = []
    for command in page.found:
        lack = missing(command)
        if page.reason(command) or lack:
            print(f'{name}:{command.line}: not run, {page.reason(command) or "this machine has no " + lack}: {command.text}')
            if command.python:
                compile(command.text, f'{name}:{command.line}', 'exec')
        else:
            run.append(command)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        furnish(scratch, build, page.rules.get('program', 'glibrl'))
        (scratch / 'tmp').mkdir()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(LEFT)}
        environment |= dict(PATH=f'{scratch}/glibrl/build:{Path(sys.executable).parent}:{os.environ["PATH"]}', TMPDIR=f'{scratch}/tmp', LC_ALL='C.UTF-8',
                            PYTHONPATH=f'{scratch}/glibrl')  # as where Python is started there
        done = subprocess.run(['bash', script(page, scratch, run)], env=environment, check=False)
        findings = list(judge(page, scratch, run, done.returncode))
        for number, command in enumerate(run):
            time = scratch / f'{number:02}.time'
            if time.exists():
                end, start = time.read_text().split('-')
                print(f'{name}:{command.line}: {float(end) - float(start):.1f} s: {page.short(command)}')
        if done.returncode and not findings:
            findings.append(f'{name}: the shell ended with {done.returncode}')
    return findings


def check_pages(root, tested):
    """The pages with commands are the tested ones, and blocks of the others are known."""
    for name in documents(root):
        page = Page(name, (root / name).read_text())
        if bool(page.found) != (name in tested):
            yield f'{name}: {"has commands that nothing runs" if page.found else "has no commands"}: tests/docs/meson.build'
        if not page.found:
            yield from page.findings
    for name in sorted({*tested, *tables.PAGES} - {*documents(root)}):
        yield f'{name}: there is no such page: tests/docs'


if __name__ == '__main__':
    if sys.argv[1] == '--all':
        found = list(check_pages(source, sys.argv[2:]))
    else:
        found = check(sys.argv[1], (source / sys.argv[1]).read_text(), Path(os.environ['GLIBRL_BUILD']))
    print(*found, f'{len(found)} findings', sep='\n')
    sys.exit(1 if found else 0)
