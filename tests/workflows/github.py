"""GitHub's command line, as far as the pipelines use it, on a state that is a JSON file.

Whatever is asked must be covered by the permissions of the job that asks. Anything else than what the pipelines use ends
with 99.
"""

import json
import os
import pathlib
import re
import sys

import jq

STATE = pathlib.Path(os.environ["STAND_IN_STATE"])
BOT = "github-actions[bot]"


def fail(code, text):
    print(text, file=sys.stderr)
    sys.exit(code)


def need(permission):
    if not os.environ.get("GH_TOKEN"):
        fail(4, "no token")
    granted = json.loads(os.environ["STAND_IN_PERMISSIONS"])
    if granted.get(permission) != "write":
        fail(1, f"HTTP 403: Resource not accessible by integration ({permission}: {granted.get(permission)})")


def options(arguments, takes, flags=()):
    """The words, and the options by name; each option at most once but `--field`."""
    words, found = [], {}
    arguments = list(arguments)
    while arguments:
        argument = arguments.pop(0)
        if argument in flags:
            found[argument] = True
        elif argument in takes:
            if argument in found:
                fail(99, f"{argument} twice")
            found[argument] = arguments.pop(0)
        elif argument.startswith("-"):
            fail(99, f"the stand-in does not know {argument}")
        else:
            words.append(argument)
    return words, found


def shown(value, found):
    if "--jq" in found:
        for out in jq.compile(found["--jq"]).input_value(value):
            print(out if isinstance(out, str) else json.dumps(out))
    elif "--silent" not in found:
        print(json.dumps(value))


def limited(body):
    if len(body) > 65536:
        fail(1, "HTTP 422: Body is too long (maximum is 65536 characters)")
    return body


def api(state, arguments):
    takes = ("--method", "--field", "--jq")
    [path], found = options(arguments, takes, ("--paginate", "--silent"))
    method = found.get("--method", "GET")
    repository = re.escape(os.environ["GITHUB_REPOSITORY"])
    need("pull-requests")
    body = None
    if "--field" in found:
        key, _, file = found["--field"].partition("=@")
        if key != "body":
            fail(99, "only a body from a file is known")
        body = limited(pathlib.Path(file).read_text())
    if listing := re.fullmatch(rf"repos/{repository}/issues/(\d+)/comments", path):
        if method == "GET":
            shown([one for one in state["comments"] if one["issue"] == int(listing[1])], found)
            return
        comment = {"id": len(state["comments"]) + 101, "issue": int(listing[1]), "body": body, "user": {"login": BOT}}
        state["comments"].append(comment)
        shown(comment, found)
    elif (known := re.fullmatch(rf"repos/{repository}/issues/comments/(\d+)", path)) and method == "PATCH":
        [comment] = [one for one in state["comments"] if one["id"] == int(known[1])]
        comment["body"] = body
        shown(comment, found)
    else:
        fail(99, f"the stand-in does not know {method} {path}")


def issue(state, arguments):
    verb, *arguments = arguments
    need("issues")
    if os.environ["GH_REPO"] != os.environ["GITHUB_REPOSITORY"]:
        fail(99, "another repository")
    if verb == "list":
        _, found = options(arguments, ("--label", "--state", "--limit", "--json", "--jq"))
        issues = [one for one in state["issues"] if one["state"] == found["--state"] and found["--label"] in one["labels"]]
        shown([{key: one[key] for key in found["--json"].split(",")} for one in issues[: int(found["--limit"])]], found)
    elif verb == "create":
        _, found = options(arguments, ("--title", "--label", "--body-file"))
        if found["--label"] not in state["labels"]:
            fail(1, f"could not add label: '{found['--label']}' not found")
        body = limited(pathlib.Path(found["--body-file"]).read_text())
        number = len(state["issues"]) + 1
        state["issues"].append(
            {"number": number, "title": found["--title"], "labels": [found["--label"]], "body": body, "state": "open", "comments": []}
        )
    else:
        [number], found = options(arguments, ("--body-file", "--comment"))
        [one] = [one for one in state["issues"] if one["number"] == int(number)]
        if verb == "edit":
            one["body"] = limited(pathlib.Path(found["--body-file"]).read_text())
        elif verb == "close":
            one["state"] = "closed"
            one["comments"].append(found["--comment"])
        else:
            fail(99, f"the stand-in does not know issue {verb}")


def label(state, arguments):
    verb, name, *arguments = arguments
    need("issues")
    options(arguments, ("--color", "--description"), ("--force",))
    if verb != "create" or "--force" not in arguments:
        fail(99, "only create --force is known")
    state["labels"] = sorted({*state["labels"], name})


def pull(state, arguments):
    verb, *arguments = arguments
    need("pull-requests")
    _, found = options(arguments, ("--base", "--head", "--title", "--body-file"))
    if verb != "create":
        fail(99, f"the stand-in does not know pr {verb}")
    body = limited(pathlib.Path(found["--body-file"]).read_text())
    state["pulls"].append({"base": found["--base"], "head": found["--head"], "title": found["--title"], "body": body})


def auth(_, arguments):
    if arguments != ["setup-git"]:
        fail(99, "only setup-git is known")
    need("contents")
    # What lets `git push` in; the remote of a test refuses without.
    pathlib.Path(os.environ["STAND_IN_PUSH"]).write_text("granted")


def main():
    state = json.loads(STATE.read_text())
    verbs = {"api": api, "issue": issue, "label": label, "pr": pull, "auth": auth}
    verb, *arguments = sys.argv[1:]
    if verb not in verbs:
        fail(99, f"the stand-in does not know gh {verb}")
    verbs[verb](state, arguments)
    STATE.write_text(json.dumps(state, indent=1))


main()
