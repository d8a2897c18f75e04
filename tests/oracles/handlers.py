"""What CloudFormation calls for types of resource, by the registry's schemas that cfn-lint carries.

Usage: handlers.py TYPE…        prints {TYPE: [action, …]}, what only listing needs left out
"""

import json
import pathlib
import sys

import cfnlint


def main():
    schemas = pathlib.Path(cfnlint.__file__).parent / "data" / "schemas"
    provider = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    found = {}
    for name in sys.argv[1:]:
        schema = json.loads((schemas / "resources" / f"{provider[name]}.json").read_text(encoding="utf-8"))
        handlers = {kind: handler for kind, handler in schema["handlers"].items() if kind != "list"}
        tagging = schema["tagging"].get("permissions", []) if schema["tagging"]["taggable"] else []
        found[name] = sorted({action for handler in handlers.values() for action in handler["permissions"]} | set(tagging))
    json.dump(found, sys.stdout)


main()
