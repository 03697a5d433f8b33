"""The tests of documents find what they are there to find: each rule with a page that breaks it, and one that does not."""
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import commands
import extract
import tables


def taken(page):
    return [(command.name, command.shown) for block in extract.blocks(page) for command in extract.commands(block)]


class Extract(unittest.TestCase):
    def test_indented(self):
        self.assertEqual(taken('Text\n\n    glibrl top RUN        # now\n    ./a.sh\n\nText\n    glibrl continued text\n'),
                         [('glibrl top RUN', ''), ('./a.sh', '')])

    def test_whole_commands(self):
        page = '\n    for i in 1 2; do\n      glibrl eval $i\n    done\n    python3 -c "\n    print(1)"\n    build/mpirun a \\\n      b\n'
        self.assertEqual([name for name, _ in taken(page)],
                         ['for i in 1 2; do\n  glibrl eval $i\ndone', 'python3 -c "\nprint(1)"', 'build/mpirun a \\\n  b'])

    def test_session(self):
        self.assertEqual(taken('\n    $ glibrl x\n    said\n    $ ./y\n'), [('$ glibrl x', 'said\n'), ('$ ./y', '')])

    def test_fences(self):
        self.assertEqual(taken('```sh\nls\n```\n```python\nx = 1\n```\n```c\nint a;\n```\n'), [('ls', ''), ('x = 1', '')])

    def test_text(self):
        self.assertEqual(taken('\n    Xi = Xi0 + a\n\n    glibrl train: x is wrong\n\n    RUN/\n      config.ini\n'), [])

    def test_comment_first(self):
        self.assertEqual(taken('\n    #SBATCH --nodes=8\n    glibrl scale\n'), [('glibrl scale', '')])

    def test_never_closed(self):
        self.assertEqual(taken('\n    glibrl "\n'), [('glibrl "', '')])


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.build, self.source = root / 'build', root
        for script in ('deploy/setup.sh', 'deploy/test.sh', 'deploy/fuzz.sh', 'build/glibrl', 'build/meson'):
            (root / script).parent.mkdir(exist_ok=True)
            commands.executable(root / script, '#!/bin/sh\necho "$@"; echo " --venv DIR"; [ "$1" != fail ] || exit 3\n')

    def tearDown(self):
        self.folder.cleanup()

    def check(self, page, rules=None):
        with mock.patch.object(commands, 'source', self.source), mock.patch.dict(tables.PAGES, {'a.md': rules or {}}, clear=True), \
                mock.patch('builtins.print'):
            return commands.check('a.md', page, self.build)

    def expect(self, findings, *words):
        self.assertEqual(len(findings), 1, findings)
        for word in words:
            self.assertIn(word, findings[0])

    def test_good(self):
        self.assertEqual(self.check('\n    export A=$PWD\n    glibrl x && [ -d "$A/build" ]\n\n    cd ..\n    cd glibrl\n'), [])

    def test_fails(self):
        self.expect(self.check('\n    glibrl fail\n    glibrl x\n'), 'a.md:2: glibrl fail', 'ended with 3')
        self.assertEqual(self.check('\n    glibrl fail\n', {'fails': {'glibrl fail': 3}}), [])
        self.expect(self.check('\n    glibrl x\n', {'fails': {'glibrl x': 3}}), 'ended with 0 and not with 3')

    def test_fails_within(self):
        self.expect(self.check('\n    for i in fail x; do glibrl $i; done\n'), 'ended with 3')
        self.expect(self.check('\n    glibrl fail | cat\n'), 'ended with 3')

    def test_training_is_short(self):
        self.assertEqual(self.check('\n    glibrl train | grep -q train.rounds=3\n    ! glibrl eval | grep -q train.rounds\n'), [])

    def test_output(self):
        self.assertEqual(self.check('\n    $ glibrl x\n    x\n     --venv DIR\n'), [])
        self.expect(self.check('\n    $ glibrl x\n    y\n     --venv DIR\n'), 'not what the page shows')

    def test_options_of_scripts(self):
        self.assertEqual(self.check('\n    ./deploy/setup.sh --venv a\n'), [])
        self.expect(self.check('\n    ./deploy/test.sh --nosuch a\n'), 'no option --nosuch')

    def test_python(self):
        self.expect(self.check('```python\nimport sys\nsys.exit(7)\n```\n'), 'ended with 7')

    def test_not_run(self):
        self.assertEqual(self.check('\n    sudo false\n', {'not_run': {'sudo false': 'because'}}), [])

    def test_unknown_text(self):
        self.expect(self.check('\n    nosuch command\n'), 'neither a command nor known as text')
        self.assertEqual(self.check('\n    a = b\n', {'text': ['a =']}), [])

    def test_needs(self):
        for kind, name in (('module', 'nosuch_module'), ('program', 'nosuch_program'), ('build', 'NOSUCH_VARIABLE')):
            with mock.patch.object(tables, 'NEEDS', {'fail': (kind, name)}):
                self.assertEqual(self.check('\n    glibrl fail\n'), [])
        with mock.patch.object(tables, 'NEEDS', {'fail': ('program', 'sh')}):
            self.expect(self.check('\n    glibrl fail\n'), 'ended with 3')

    def test_stale(self):
        for kind in ('instead', 'not_run', 'fails'):
            self.expect(self.check('\n    glibrl x\n', {kind: {'glibrl y': 'a'}}), kind, 'glibrl y')
        self.expect(self.check('\n    glibrl x\n', {'text': ['old']}), 'text', 'old')

    def test_given(self):
        self.assertEqual(self.check('\n    cat RUN\n', {'given': ['glibrl x >RUN']}), [])
        self.expect(self.check('\n    cat RUN\n', {'given': ['glibrl fail']}), 'takes as given')

    def test_environment_of_a_reader(self):
        with mock.patch.dict(os.environ, {'OMPI_ALLOW_RUN_AS_ROOT': '1'}):
            self.assertEqual(self.check('\n    export A=$OMPI_ALLOW_RUN_AS_ROOT; [ -z "$A" ]\n'), [])

    def test_all_pages(self):
        for name, text in (('README.md', '\n    glibrl x\n'), ('STYLE.md', '\n    a = b\n'), ('NONE.md', 'a\n')):
            (self.source / name).write_text(text)
        with mock.patch.dict(tables.PAGES, {'STYLE.md': {'text': ['*']}}, clear=True):
            self.assertEqual(list(commands.check_pages(self.source, ['README.md'])), [])
            self.expect(list(commands.check_pages(self.source, [])), 'README.md', 'nothing runs')
            self.expect(list(commands.check_pages(self.source, ['README.md', 'NONE.md'])), 'NONE.md', 'has no commands')
            self.expect(list(commands.check_pages(self.source, ['README.md', 'a.md'])), 'a.md', 'no such page')
        with mock.patch.dict(tables.PAGES, {}, clear=True):
            self.expect(list(commands.check_pages(self.source, ['README.md'])), 'STYLE.md:2')


if __name__ == '__main__':
    unittest.main()
