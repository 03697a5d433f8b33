"""screen.py COLUMNS ROWS COMMAND...: runs the command in a pseudo-terminal of that size and prints what stands on its screen, and above
it, when the command has ended, one line a row. Of the sequences that steer a terminal it knows those that the program uses; another is
an error. Its exit code is that of the command.

With DELETE=FILE in the environment, that file is removed once it has three lines."""
import fcntl, os, pty, re, struct, sys, termios, time

columns, height, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
rows, at, column = [''], 0, 0     # all that was ever scrolled through; the cursor
doomed = os.environ.get('DELETE')


def put(text):
    global at, column
    for letter in text:
        if column == columns:
            down()
            column = 0
        rows[at] = rows[at].ljust(column)
        rows[at] = rows[at][:column] + letter + rows[at][column + 1:]
        column += 1


def down():
    global at
    at += 1
    if at == len(rows):
        rows.append('')


def feed(text):
    global at, column, rows
    for piece in re.findall('\033\\[[0-9;]*[A-Za-z]|\r|\n|[^\033\r\n]+|.', text):
        if piece == '\r':
            column = 0
        elif piece == '\n':
            down()
        elif piece in ('\033[2m', '\033[0m'):
            pass
        elif piece == '\033[K':
            rows[at] = rows[at][:column]
        elif piece == '\033[J':
            rows = rows[:at] + [rows[at][:column]]
        elif re.fullmatch('\033\\[[0-9]+A', piece):
            up = int(piece[2:-1])
            assert up < height and up <= at, f'{up} lines up from line {at} on a screen of {height}'
            at -= up
        else:
            assert piece[0] != '\033', f'unknown sequence {piece!r}'
            put(piece)


def delete():
    global doomed
    if doomed and os.path.exists(doomed) and open(doomed, 'rb').read().count(b'\n') >= 3:
        os.remove(doomed)
        doomed = None


pid, terminal = pty.fork()
if pid == 0:
    time.sleep(0.2)     # until the terminal has its size
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', height, columns, 0, 0))
rest = b''
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:     # the other end is closed
        break
    delete()
    rest += data
    whole = max(rest.rfind(b'\n'), rest.rfind(b'J')) + 1     # sequences are not cut
    feed(rest[:whole].decode())
    rest = rest[whole:]
feed(rest.decode())
print('\n'.join(rows))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
