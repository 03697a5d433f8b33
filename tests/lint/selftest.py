"""The lint finds what it is there to find: each check runs on a small tree with one fault, and on one without."""
import os
import tempfile
import unittest
from pathlib import Path

import docs
import headers_alone
import includes
import jobs
import layout
import lint
import parameters
import scripts
import symbols

TABLE = Path(__file__).with_name('rooms.txt')

CLEAN = {
    'common/base/error.h': '#include <stdint.h>\n',
    'common/base/error.c': '#include "common/base/error.h"\n\n#include <pthread.h>\n',
    'common/la/gemm.c': '#include <cblas.h>\n#include "common/base/error.h"\n',
    'proto/comm/world.c': '#include <mpi.h>\n#include "common/base/error.h"\n',
    'actors/env/env.h': '#include "common/base/error.h"\n',
    'actors/env/metaworld/reach.c': '#include <mujoco/mujoco.h>\n#include "actors/env/env.h"\n',
    'actors/actor.c': '#include "actors/env/env.h"\n#include "proto/wire/frame.h"\n',
    'proto/wire/frame.h': '',
    'learner/learner.c': '#include "common/base/error.h"\n',
    'deploy/cli/main.c': '#include <mpi.h>\n#include "actors/env/env.h"\n#include "deploy/cli/presets.h"\n',
    'deploy/cli/meson.build': "configure_file(output: 'presets.h')\n",
    'tests/unit/test_error.c': '#include <cmocka.h>\n#include "common/base/error.h"\n',
}


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, files):
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def expect(self, findings, *words):
        """One finding that holds all words."""
        self.assertEqual(len(findings), 1, findings)
        for word in words:
            self.assertIn(word, findings[0])


class Includes(Tree):
    def fault(self, name, text):
        self.write(CLEAN | {name: text})
        return includes.check(self.root, TABLE)

    def test_clean(self):
        self.write(CLEAN)
        self.assertEqual(includes.check(self.root, TABLE), [])

    def test_upward(self):
        self.expect(self.fault('common/base/clock.c', '#include "proto/wire/frame.h"\n'), 'common/base may not include proto/wire')

    def test_sides_never_meet(self):
        self.expect(self.fault('learner/replay.c', '#include "actors/env/env.h"\n'), 'learner may not include actors/env')

    def test_environment_knows_no_actor(self):
        found = self.fault('actors/env/point.c', '#include "actors/actor.h"\n')
        self.assertTrue(any('actors/env may not include actors' in finding for finding in found) or
                        any('is not a path' in finding for finding in found), found)
        self.write({'actors/actor.h': ''})
        self.assertTrue(any('actors/env may not include actors ' in finding
                            for finding in includes.check(self.root, TABLE)))

    def test_foreign_package(self):
        self.expect(self.fault('learner/sac.c', '#include <cblas.h>\n'), 'learner/sac.c', 'cblas.h', 'common/la')

    def test_foreign_file(self):
        self.expect(self.fault('deploy/cli/cmd_train.c', '#include <mpi.h>\n'), 'mpi.h', 'deploy/cli/main.c')

    def test_unknown_package(self):
        self.expect(self.fault('learner/sac.c', '#include <json-c/json.h>\n'), 'json-c/json.h', 'rooms.txt')

    def test_relative_path(self):
        self.expect(self.fault('common/base/clock.c', '#include "error.h"\n'), 'not a path from the top')

    def test_own_header_first(self):
        self.expect(self.fault('common/base/error.c', '#include <math.h>\n#include "common/base/error.h"\n'), 'own header')


class Others(Tree):
    def test_header_alone(self):
        self.write({'a.h': 'int glb_a(int x);\n', 'b.h': 'size_t glb_b(void);\n'})
        self.expect(headers_alone.check(self.root, ['cc'], self.root), 'b.h', 'size_t')

    def test_symbols(self):
        listing = 'lib.a[x.o]:\nglb_x_run T 0 10\n__odr_asan.y B 0 1\nhelper T 10 20\n'
        self.expect(symbols.check(listing), 'lib.a[x.o]', 'helper')

    @unittest.skipUnless(layout.find_formatter(), 'clang-format is not installed')
    def test_layout(self):
        self.write({'.clang-format': 'BasedOnStyle: Google\n', 'a.c': 'int a;\n', 'b.c': 'int   b ;\n'})
        self.expect(layout.check(self.root, layout.find_formatter()), 'b.c')

    def test_scripts(self):
        self.write({'good.sh': '#!/usr/bin/env bash\ntrue\n', 'bad.sh': '#!/usr/bin/env bash\nif true; then\n',
                    'good.py': 'x = 1\n'})
        for name in ('good.sh', 'bad.sh'):
            os.chmod(self.root / name, 0o755)
        self.expect(scripts.check(self.root), 'bad.sh')

    def test_script_not_executable(self):
        self.write({'a.sh': '#!/usr/bin/env bash\ntrue\n'})
        os.chmod(self.root / 'a.sh', 0o644)
        self.expect(scripts.check(self.root), 'a.sh', 'executable')

    def test_python_fault(self):
        self.write({'a.py': 'def f(:\n'})
        self.expect(scripts.check(self.root), 'a.py:1')

    def test_links(self):
        self.write({'README.md': '[a](docs/a.md#top) [b](docs/b.md) [c](https://example.org/x) [d](#here)\n',
                    'docs/a.md': '[up](../README.md)\n```\n[code](is/not/a.link)\n```\n'})
        self.expect(docs.check(self.root), 'README.md', 'docs/b.md')

    def test_examples(self):
        page, program = 'docs/howto/a.md', 'x = 1\n'
        link = '[a](../examples/a.py)\n'
        self.write({'docs/examples/a.py': program, page: f'{link}```python\n{program}```\n'})
        self.assertEqual(docs.check(self.root), [])
        self.write({page: f'{link}```python\nx = 2\n```\n'})
        self.expect(docs.check(self.root), page, 'docs/examples/a.py as it is now')
        self.write({page: 'nothing\n'})
        self.expect(docs.check(self.root), 'docs/examples/a.py', 'no page links')

    def test_phases(self):
        self.write({'docs/howto/see-where-time-goes.md': '| `idle` | actor |\n| `nap` | all |\n',
                    'common/base/phases.def': 'P(idle, ACTOR, "", "a")\nP(wait, LEARNER, "", "b")\n'})
        found = docs.check(self.root)
        self.assertEqual(len(found), 2, found)
        self.assertTrue('nap is none' in found[0] and 'wait is missing' in found[1], found)

    def test_machine_paths(self):
        self.write({'a.c': '// see /ro' + 'ot/notes\n', 'b.c': 'int b;  // /rooted\n'})
        self.expect(docs.check(self.root), 'a.c:1')

    def test_binary_files_pass(self):
        (self.root / 'data.h5').write_bytes(b'\x89HDF\xff\xfe')
        self.assertEqual(docs.check(self.root), [])

    def test_parameters(self):
        page = self.root / 'parameters.md'
        self.expect(parameters.check(page, ''), 'no docs/parameters.md')
        page.write_text('a\nb\n')
        self.assertEqual(parameters.check(page, 'a\nb\n'), [])
        self.assertIn('+c', parameters.check(page, 'a\nc\n'))

    def test_jobs(self):
        made = '#!/usr/bin/env bash\n# Made by: glibrl sbatch --out {}\n'
        self.write({'glibrl': '#!/bin/sh\nprintf "#!/usr/bin/env bash\\n# Made by: glibrl $*\\n"\n', 'good.sbatch': made.format('a'),
                    'bad.sbatch': made.format('b') + 'true\n', 'own.pbs': '#!/usr/bin/env bash\ntrue\n'})
        os.chmod(self.root / 'glibrl', 0o755)
        self.expect(jobs.check(self.root, self.root / 'glibrl'), 'bad.sbatch', 'glibrl sbatch --out b > bad.sbatch')

    def test_build_folders_are_skipped(self):
        self.write({'build/a.c': '', 'build-asan/b.c': '', 'common/c.c': ''})
        self.assertEqual(lint.files(self.root, '.c'), [Path('common/c.c')])


if __name__ == '__main__':
    unittest.main()
