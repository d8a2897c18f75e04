"""Runs a command in a terminal of its own and types answers: terminal.py ANSWERS COMMAND...

ANSWERS is a JSON list of pairs: what to wait for, and what to type then. What the terminal showed goes to stdout, and
the command's exit code is this script's.
"""

import json
import os
import pty
import select
import sys

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])

shown = b""
seen = 0
while True:
    ready, _, _ = select.select([terminal], [], [], 60)
    if not ready:
        os.kill(child, 9)
        sys.exit(f"nothing came for a minute after:\n{shown.decode()}")
    try:
        part = os.read(terminal, 4096)
    except OSError:
        part = b""
    if not part:
        break
    shown += part
    while answers and answers[0][0].encode() in shown[seen:]:
        wanted, typed = answers.pop(0)
        seen = shown.index(wanted.encode(), seen) + len(wanted.encode())
        os.write(terminal, typed.encode() + b"\n")

sys.stdout.write(shown.decode().replace("\r\n", "\n"))
_, status = os.waitpid(child, 0)
if answers:
    sys.exit(f"never asked: {answers}")
sys.exit(os.waitstatus_to_exitcode(status))
