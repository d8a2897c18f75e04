"""Compares the JSON Schema of the configuration with the reader.

    compare.py LANDFALL CONFIGURATION_SCHEMA ACCOUNT_SCHEMA TEAM_SCHEMA FOLDER...

Every configuration below the folders must satisfy the schema. Into each of their mappings an unknown key is put, and in
the place of each word of a closed set an unknown word: the reader names the keys and words that it knows, and they must
be the schema's.
"""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import yaml

UNKNOWN = "qqqqqqqqqq"


class Loader(yaml.SafeLoader):
    """YAML 1.2's core: moments stay texts, and only true and false are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$", re.I), list("tTfF"))


def resolved(schema, root):
    """A schema with its reference followed, and the null of a section that is commented out left away."""
    while True:
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            schema = next(part for part in schema["anyOf"] if part.get("type") != "null")
        else:
            return schema


def walk(value, schema, root, path=()):
    """Every mapping and every text with its path and its schema; raw statements are IAM's and not ours."""
    schema = resolved(schema, root)
    yield path, value, schema
    if isinstance(value, dict):
        rest = schema.get("additionalProperties")
        for key, inner in value.items():
            below = schema.get("properties", {}).get(key, rest)
            if isinstance(below, dict):
                yield from walk(inner, below, root, path + (key,))
    elif isinstance(value, list) and "items" in schema:
        for index, inner in enumerate(value):
            yield from walk(inner, schema["items"], root, path + (index,))


def put(tree, path, value):
    tree = copy.deepcopy(tree)
    if not path:
        return value
    inner = tree
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return tree


def get(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def words(text):
    return set(re.findall(r"`([^`]+)`", text))


class Comparison:
    def __init__(self, landfall, schemas):
        self.landfall = landfall
        self.schemas = schemas
        self.wrong = []
        self.asked = 0

    def diagnostics(self, folder, name, tree):
        """What the reader says of a folder in which one file is another."""
        with tempfile.TemporaryDirectory() as room:
            copied = pathlib.Path(room) / "it"
            shutil.copytree(folder, copied)
            (copied / name).write_text(json.dumps(tree))
            ran = subprocess.run(
                [self.landfall, "validate", "--format", "json", copied], capture_output=True, text=True, check=False
            )
            return json.loads(ran.stdout)["diagnostics"]

    def file(self, folder, name, root):
        tree = yaml.load((folder / name).read_text(), Loader)
        validator = jsonschema.Draft202012Validator(root)
        for error in validator.iter_errors(tree):
            self.wrong.append(f"{folder / name}: the schema refuses what the reader takes: {error.json_path}: {error.message}")
        jobs = []
        for path, value, schema in walk(tree, root, root):
            if isinstance(value, dict) and schema.get("additionalProperties") is False:
                jobs.append((self.mapping, folder, name, root, tree, path, schema))
            elif isinstance(value, str) and "enum" in schema:
                jobs.append((self.word, folder, name, root, tree, path, schema))
        return jobs

    def mapping(self, folder, name, root, tree, path, schema):
        other = put(tree, path, {**get(tree, path), UNKNOWN: 1}) if path else {**tree, UNKNOWN: 1}
        if schema.get("maxProperties") == 1:
            # A grant: instead of its keyword, not beside it.
            other = put(tree, path, {UNKNOWN: {}})
        self.compare(folder, name, root, other, path, set(schema["properties"]), "keys")

    def word(self, folder, name, root, tree, path, schema):
        self.compare(folder, name, root, put(tree, path, UNKNOWN), path, set(schema["enum"]), "words")

    def compare(self, folder, name, root, other, path, mine, what):
        if jsonschema.Draft202012Validator(root).is_valid(other):
            self.wrong.append(f"{name} {path}: the schema takes an unknown one of the {what}")
        told = [one for one in self.diagnostics(folder, name, other) if f"`{UNKNOWN}`" in one["message"]]
        if len(told) != 1:
            self.wrong.append(f"{name} {path}: the reader says {len(told)} things about it: {told}")
            return
        reader = words(told[0]["help"].split(";")[0])
        self.asked += 1
        if reader != mine:
            self.wrong.append(
                f"{name} {path}: {what} that only the reader knows: {sorted(reader - mine)}; "
                f"that only the schema knows: {sorted(mine - reader)}"
            )


def main():
    landfall, configuration, account, team, *folders = sys.argv[1:]
    paths = {"main": configuration, "accounts": account, "teams": team}
    schemas = {kind: json.loads(pathlib.Path(path).read_text()) for kind, path in paths.items()}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    comparison = Comparison(landfall, schemas)
    jobs, seen = [], set()
    for main_file in sorted(path for folder in folders for path in pathlib.Path(folder).rglob("landfall.yaml")):
        folder = main_file.parent
        for path in [main_file, *sorted(folder.glob("accounts/*.yaml")), *sorted(folder.glob("teams/*.yaml"))]:
            kind = "main" if path == main_file else path.parent.name
            for job in comparison.file(folder, path.relative_to(folder), schemas[kind]):
                # The same place of the schema is asked about once.
                key = (job[0], json.dumps(job[6], sort_keys=True))
                if key not in seen:
                    seen.add(key)
                    jobs.append(job)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: job[0](*job[1:]), jobs))
    used = {json.dumps(job[6], sort_keys=True) for job in jobs}
    for schema in schemas["main"]["$defs"].values():
        for part in parts(schema):
            if json.dumps(part, sort_keys=True) not in used:
                comparison.wrong.append(f"no example has this part of the schema: {part.get('description')}")
    for line in comparison.wrong:
        print(line)
    print(f"{comparison.asked} mappings and words were compared")
    sys.exit(1 if comparison.wrong else 0)


def parts(schema):
    """Every mapping with its own keys, and every closed set of words, below a definition."""
    if schema.get("additionalProperties") is False or ("enum" in schema and len(schema["enum"]) > 1):
        if schema.get("properties") or "enum" in schema:
            yield schema
    for key in ("properties", "$defs"):
        for inner in schema.get(key, {}).values():
            yield from parts(inner)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from parts(schema[key])
    for inner in schema.get("anyOf", []):
        yield from parts(inner)


main()
