"""The documents of AWS-managed policies, as moto carries them.

Usage: managed_policies.py ARN…        prints {ARN: document}
"""

import json
import sys

from moto.iam.aws_managed_policies import aws_managed_policies_data


def main():
    known = json.loads(aws_managed_policies_data)
    documents = {policy["Path"] + name: policy["Document"] for name, policy in known.items()}
    json.dump({arn: documents[arn.partition(":policy")[2]] for arn in sys.argv[1:]}, sys.stdout)


main()
