"""Changes what stands, past Landfall, through boto3 and nothing of Landfall's.

Usage: tampering ENDPOINT ACCESS_KEY SECRET_KEY ACCESS_ROLE REGION MANIPULATION…
Prints a JSON object: for each manipulation what must be found of it and where it is read back, or who refused it.
"""

import json
import sys

import entities  # noqa: F401
import organization  # noqa: F401
import roles  # noqa: F401
import services  # noqa: F401
import strangers  # noqa: F401
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from hand import MANIPULATIONS, Hand


def done(hand, name):
    if name not in MANIPULATIONS:
        return {"unknown": True}
    try:
        return {"done": MANIPULATIONS[name](hand)}
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        return {"refused": str(error)}


def main():
    *place, region = sys.argv[1:6]
    hand = Hand(*place, region)
    json.dump({name: done(hand, name) for name in sys.argv[6:]}, sys.stdout)


main()
