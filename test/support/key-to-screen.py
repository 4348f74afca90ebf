"""Measures key-to-screen times in a pseudo-terminal.

usage: key-to-screen.py COLUMNS ROWS KEYS READY COMMAND...

Starts COMMAND in a pseudo-terminal of that size and waits until READY was written. Then it types the letter z KEYS
times, 37 to 113 ms apart, and measures each time from the write to the moment when as many letters in a row were
written back as the line then holds ("line" mode), or one letter where COMMAND only echoes ("echo" as READY's prefix).
Prints the times in milliseconds as a JSON list.
"""
import fcntl, json, os, pty, random, select, signal, struct, sys, termios, time

columns, rows, keys, ready = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].encode()
command = sys.argv[5:]
echo_only = ready.startswith(b"echo")
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
os.kill(pid, signal.SIGWINCH)


def read_until(wanted, seconds):
    """Time at which `wanted` had been read; exits where that takes too long."""
    deadline, seen = time.perf_counter() + seconds, b""
    while wanted not in seen:
        left = deadline - time.perf_counter()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            sys.exit(f"{wanted!r} was not written within {seconds} s; last: {seen[-300:]!r}")
        seen += os.read(terminal, 65536)
    return time.perf_counter()


def rest(seconds):
    """Reads and forgets for so long: a real terminal never stops reading."""
    deadline = time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 65536)


read_until(ready, 60)
rest(3)
times, typed = [], 0
random.seed(7)
for _ in range(keys):
    if typed == 40:
        os.write(terminal, b"\x15")
        rest(0.2)
        typed = 0
    typed += 1
    began = time.perf_counter()
    os.write(terminal, b"z")
    times.append((read_until(b"z" if echo_only else b"z" * typed, 10) - began) * 1000)
    rest(random.uniform(0.037, 0.113))
print(json.dumps(times))
os.kill(pid, signal.SIGKILL)
