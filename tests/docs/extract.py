"""What stands in the indented and fenced blocks of a page: commands with the output that is shown for them, Python programs, and text."""
import re
import subprocess
import textwrap
from dataclasses import dataclass

# first words of commands; what begins otherwise is text, which tables.py must know
WORDS = {'.', 'cat', 'cc', 'cd', 'cp', 'echo', 'export', 'for', 'git', 'glibrl', 'h5dump', 'head', 'make', 'meson', 'mkdir', 'module',
         'mpirun', 'ninja', 'pip', 'python3', 'qsub', 'sbatch', 'sed', 'spack', 'srun', 'sudo', 'tail', 'tensorboard', 'while'}
COMMAND = re.compile(r'\$ |\./|build[-\w]*/|\w+=\S')
MESSAGE = re.compile(r'glibrl \w+: ')
COMMENT = re.compile(r'\s{2,}# .*$', re.MULTILINE)
SHELLS = ('bash', 'console', 'sh', 'shell')


@dataclass
class Block:
    line: int           # of its first line in the page
    text: str
    language: str = ''  # of a fenced block


@dataclass
class Command:
    line: int
    text: str           # without its comments
    shown: str = ''     # what the page shows as its output, behind "$ "
    python: bool = False
    session: bool = False

    @property
    def name(self):     # in the tables
        return ('$ ' if self.session else '') + self.text


def blocks(page):
    """The blocks of a page: fenced ones, and paragraphs indented by four spaces behind an empty line."""
    found, lines, at = [], page.splitlines(), 0
    while at < len(lines):
        fence, start = re.match(r'\s*(```+|~~~+)\s*(\w*)', lines[at]), at
        if fence:
            at += 1
            while at < len(lines) and not lines[at].strip().startswith(fence[1]):
                at += 1
            found.append(Block(start + 2, textwrap.dedent('\n'.join(lines[start + 1:at])), fence[2]))
            at += 1
        elif lines[at].startswith('    ') and (at == 0 or not lines[at - 1].strip()):
            while at < len(lines) and lines[at].startswith('    '):
                at += 1
            found.append(Block(start + 1, textwrap.dedent('\n'.join(lines[start:at]))))
        else:
            at += 1
    return found


def whole(text):
    """Whether a shell has all of a command: no open quote, loop or continued line."""
    return not text.endswith('\\') and subprocess.run(['bash', '-n'], input=text, text=True, capture_output=True, check=False).returncode == 0


def is_command(block):
    first = next((line for line in block.text.splitlines() if line and not line.startswith('#')), '')
    return block.language in SHELLS or bool(first and not MESSAGE.match(first) and (first.split()[0] in WORDS or COMMAND.match(first)))


def commands(block):
    """The commands of a block in order; none: it is text."""
    if block.language == 'python':
        return [Command(block.line, block.text, python=True)]
    if not is_command(block):
        return []
    found, open_, session = [], '', block.text.startswith('$ ')
    for number, line in enumerate(block.text.splitlines(), block.line):
        if session and not line.startswith('$ '):
            found[-1].shown += line + '\n'
            continue
        if not open_:
            start = number
            if not line.strip() or line.startswith('#'):
                continue
        open_ += ('\n' if open_ else '') + (line[2:] if session else line)
        if whole(COMMENT.sub('', open_)):
            found.append(Command(start, COMMENT.sub('', open_), session=session))
            open_ = ''
    if open_:
        found.append(Command(start, open_))  # a shell will say what is wrong with it
    return found
