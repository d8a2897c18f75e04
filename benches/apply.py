"""How long `landfall apply` takes against an emulator when every call takes 100 ms longer.

usage: python benches/apply.py LANDFALL MINISTACK [ACCOUNTS]

LANDFALL is a release binary, MINISTACK the emulator (the tests install it as target/python/bin/ministack). It makes a
configuration of ACCOUNTS members (200 unless told), makes the accounts, and then applies three stacks in each of them:
once to an emulator as it is, and once to a new one behind a proxy that adds 100 ms to each call. The difference is
Landfall's own waiting. Everything binds to loopback and ends with the script.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

CONFIGURATION = """\
version: 1
organization:
  name: bench
  home_region: eu-west-1
  management_account: management
  units: [members]
accounts:
  management: {{ id: "111111111111", email: aws@bench.example }}
{accounts}
"""

STACKS = """\
boundaries:
  workload: { services: [s3, logs] }
cross_account:
  - name: auditor
    accounts: [all, "!management"]
    trusted: [{ account: management }]
    access: [{ logs: { group: "/aws/*", mode: read } }]
    boundary: workload
  - name: inventory
    accounts: [all, "!management"]
    trusted: [{ account: management }]
    access: [{ s3: { bucket: bench-inventory, mode: read } }]
    boundary: workload
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_emulator(command, port):
    environment = dict(
        os.environ, BIND_HOST="127.0.0.1", MINISTACK_HOST="127.0.0.1", GATEWAY_PORT=str(port), IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0", LOG_LEVEL="ERROR",
    )
    process = subprocess.Popen([command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=1).read()
            return process
        except OSError:
            time.sleep(0.1)
    process.terminate()
    raise SystemExit("the emulator does not answer")


class Connection:
    """One connection: the first bytes of each answer are held back, the rest of it is not."""

    def __init__(self, delay):
        self.delay = delay
        self.asked = False

    async def requests(self, reader, writer):
        await self.pump(reader, writer, answers=False)

    async def answers(self, reader, writer):
        await self.pump(reader, writer, answers=True)

    async def pump(self, reader, writer, answers):
        try:
            while data := await reader.read(65536):
                if not answers:
                    self.asked = True
                elif self.asked:
                    self.asked = False
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def start_proxy(upstream, delay):
    port = free_port()
    ready = threading.Event()

    async def serve():
        async def client(reader, writer):
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", upstream)
            connection = Connection(delay)
            await asyncio.gather(connection.requests(reader, up_writer), connection.answers(up_reader, writer))

        server = await asyncio.start_server(client, "127.0.0.1", port)
        ready.set()
        async with server:
            await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait(10)
    return port


def apply(landfall, folder, port):
    environment = {
        "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true", "CI": "true",
    }
    with open(os.path.join(folder, "output"), "w") as output:
        begin = time.monotonic()
        command = [landfall, "apply", folder, "--yes", "--no-journal"]
        run = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
        _, status, usage = os.wait4(run.pid, 0)
        took = time.monotonic() - begin
    if status != 0:
        with open(os.path.join(folder, "output")) as output:
            raise SystemExit(f"status {status}\n{output.read()[-4000:]}")
    return took, usage.ru_maxrss // 1024


def main():
    landfall, ministack = (os.path.abspath(path) for path in sys.argv[1:3])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    members = "\n".join(
        f"  member-{index:04}: {{ email: aws+{index:04}@bench.example, unit: members }}" for index in range(count)
    )
    with tempfile.TemporaryDirectory() as folder:
        def configure(text):
            with open(os.path.join(folder, "landfall.yaml"), "w") as file:
                file.write(text)

        accounts = CONFIGURATION.format(accounts=members)
        times = []
        for delay in (0.0, 0.1):
            port = free_port()
            emulator = start_emulator(ministack, port)
            try:
                configure(accounts)
                apply(landfall, folder, port)
                configure(accounts + STACKS)
                times.append(apply(landfall, folder, start_proxy(port, delay)))
            finally:
                emulator.terminate()
                emulator.wait(20)
    (plain, _), (slow, memory) = times
    print(f"{count} accounts x 3 stacks: {plain:.1f} s as it is, {slow:.1f} s with 100 ms a call,")
    print(f"{slow - plain:.1f} s beyond the emulator's own time; landfall took {memory} MB")


if __name__ == "__main__":
    main()
