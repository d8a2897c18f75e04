"""Which sets of policies let their holder become more, as cloudsplaining sees it.

Usage: escalation.py < {name: [document, …]}        prints {name: [kind of escalation, …]}, those without any left out
"""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument


def statements(document):
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def main():
    found = {}
    for name, documents in json.load(sys.stdin).items():
        together = {"Version": "2012-10-17", "Statement": [one for document in documents for one in statements(document)]}
        # Conditions and resources count for nothing here: whatever is named at all is held.
        policy = PolicyDocument(together, flag_conditional_statements=True, flag_resource_arn_statements=True)
        kinds = sorted(one["type"] for one in policy.allows_privilege_escalation)
        if kinds:
            found[name] = kinds
    json.dump(found, sys.stdout)


main()
