"""Runs an emulator on a loopback port until standard input closes: it never outlives the test that started it."""

import os
import sys
import threading


def end_with_the_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    kind, port = sys.argv[1:]
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    if kind == "ministack":
        os.environ.update(
            BIND_HOST="127.0.0.1",
            GATEWAY_PORT=port,
            MINISTACK_HOST="127.0.0.1",
            IOT_MTLS_ENABLED="0",
            SFTP_ENABLED="0",
            LOG_LEVEL="WARNING",
        )
        from ministack.app import main as serve

        sys.argv = ["ministack"]
        serve()
    elif kind == "moto":
        from moto.server import main as serve

        serve(["-H", "127.0.0.1", "-p", port])
    else:
        sys.exit(f"unknown emulator {kind}")


main()
