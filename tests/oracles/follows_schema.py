"""Whether documents follow a JSON schema. Usage: follows_schema.py SCHEMA FILE…        prints {file: [what is wrong, …]}"""

import json
import sys

from jsonschema import Draft7Validator
from jsonschema.validators import validator_for


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    schema = read(sys.argv[1])
    kind = validator_for(schema, default=Draft7Validator)
    kind.check_schema(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    wrong = {}
    for path in sys.argv[2:]:
        found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(read(path))]
        if found:
            wrong[path] = found
    json.dump(wrong, sys.stdout)


main()
