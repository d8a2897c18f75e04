//! Every manipulation of the sandbox's catalogue, done to the example on emulators: the class and the rules that it must
//! have, and how far each emulator can hold it.

/// How a manipulation ends on an emulator. The words of a gap are a line of `known_gaps`, which proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is found, put right, and gone.
    Gone,
    /// It is found, and somebody has to decide: it is left as it is.
    Left,
    /// It is nothing of Landfall's: it is seen, and left as it is.
    Seen,
    /// It is nothing of Landfall's, nobody has to see it, and it is left as it is.
    Nothing,
    /// It is found, and put right by nothing that the emulator has; Landfall says so.
    Stays(&'static str),
    /// It is done, and the emulator does not let it be found.
    Unseen(&'static str),
    /// It cannot be done.
    Refused(&'static str),
    /// There is no call that does it.
    Unreachable(&'static str),
}

impl End {
    /// The capability that the emulator lacks.
    pub(super) fn lacks(self) -> Option<&'static str> {
        match self {
            Self::Gone | Self::Left | Self::Seen | Self::Nothing => None,
            Self::Stays(lacks) | Self::Unseen(lacks) | Self::Refused(lacks) | Self::Unreachable(lacks) => Some(lacks),
        }
    }

    /// Whether drift must be reported.
    pub(super) fn is_found(self) -> bool {
        matches!(self, Self::Gone | Self::Left | Self::Stays(_))
    }
}

/// What is done at the same time: nothing in one batch touches what something else in it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Batch {
    First,
    Second,
}

/// A manipulation.
pub(super) struct Case {
    /// As `landfall sandbox tamper` calls it.
    pub(super) how: &'static str,
    /// The gravest class that it must have.
    pub(super) class: &'static str,
    /// By property, the rule that must apply.
    pub(super) rules: &'static [(&'static str, &'static str)],
    pub(super) batch: Batch,
    pub(super) ministack: End,
    pub(super) moto: End,
}

type Rules = &'static [(&'static str, &'static str)];

/// One that both emulators hold.
const fn both(batch: Batch, how: &'static str, class: &'static str, rules: Rules) -> Case {
    ending(batch, how, class, rules, (End::Gone, End::Gone))
}

const fn ending(batch: Batch, how: &'static str, class: &'static str, rules: Rules, ends: (End, End)) -> Case {
    Case { how, class, rules, batch, ministack: ends.0, moto: ends.1 }
}

const TRUST: &str = "AssumeRolePolicyDocument";
const OWNER: &str = "Tags/landfall:organization";

const AUDIENCES: End = End::Refused("audiences of a provider can be changed");
const SETTING: End = End::Unseen("drift AWS::ApiGateway::Account");
const TOPIC: End = End::Unseen("drift AWS::SNS::TopicPolicy");
const RULE: End = End::Unseen("drift AWS::Events::Rule");
const OFF: End = End::Unseen("drift sees a disabled rule");
const ROLLBACK: End = End::Unreachable("a rollback can fail");

use Batch::{First, Second};

/// All of them.
pub(super) const CASES: [Case; 52] = [
    both(First, "widen-trust", "dangerous", &[(TRUST, "trust-wider")]),
    both(First, "remove-condition", "dangerous", &[(TRUST, "trust-wider")]),
    both(First, "narrow-trust", "repairable", &[(TRUST, "narrower")]),
    both(First, "touch-break-glass", "dangerous", &[(TRUST, "break-glass")]),
    both(First, "remove-boundary", "dangerous", &[("PermissionsBoundary", "boundary-gone")]),
    both(First, "change-boundary", "dangerous", &[("PermissionsBoundary", "boundary-wider")]),
    both(First, "add-inline", "repairable", &[("Policies/by-hand", "wider")]),
    both(First, "change-inline", "repairable", &[("Policies/permissions", "wider")]),
    both(First, "narrow-inline", "repairable", &[("Policies/permissions", "narrower")]),
    both(First, "delete-inline", "repairable", &[("Policies/permissions", "narrower")]),
    both(First, "attach-policy", "repairable", &[("ManagedPolicyArns", "wider")]),
    both(First, "detach-policy", "repairable", &[("ManagedPolicyArns", "narrower")]),
    both(First, "lengthen-session", "repairable", &[("MaxSessionDuration", "wider")]),
    both(First, "change-description", "benign", &[("Description", "grants-nothing")]),
    both(First, "disown-role", "benign", &[(OWNER, "grants-nothing")]),
    both(First, "change-role-tag", "benign", &[(OWNER, "grants-nothing")]),
    ending(First, "foreign-tag", "none", &[], (End::Nothing, End::Nothing)),
    both(First, "delete-role", "repairable", &[("", "missing")]),
    ending(Second, "move-role", "repairable", &[("Path", "elsewhere")], (End::Left, End::Left)),
    both(First, "empty-profile", "repairable", &[("Roles", "narrower")]),
    both(First, "swap-profile", "repairable", &[("Roles", "wider")]),
    both(Second, "delete-profile", "repairable", &[("", "missing")]),
    ending(First, "add-audience", "dangerous", &[("ClientIdList", "trust-wider")], (AUDIENCES, AUDIENCES)),
    ending(First, "remove-audience", "repairable", &[("ClientIdList", "narrower")], (AUDIENCES, AUDIENCES)),
    both(Second, "delete-oidc", "repairable", &[("", "missing")]),
    both(First, "change-metadata", "dangerous", &[("SamlMetadataDocument", "trust-wider")]),
    both(Second, "delete-saml", "repairable", &[("", "missing")]),
    both(First, "widen-boundary-policy", "dangerous", &[("PolicyDocument", "boundary-wider")]),
    both(First, "narrow-boundary-policy", "repairable", &[("PolicyDocument", "narrower")]),
    both(First, "delete-boundary-policy", "dangerous", &[("", "missing"), ("PermissionsBoundary", "boundary-gone")]),
    ending(
        First,
        "revert-policy-version",
        "dangerous",
        &[("PolicyDocument", "boundary-wider")],
        (End::Refused("a policy goes back to an older version"), End::Gone),
    ),
    both(First, "widen-shared-policy", "repairable", &[("PolicyDocument", "wider")]),
    both(Second, "delete-shared-policy", "dangerous", &[("", "missing"), ("ManagedPolicyArns", "deny-removed")]),
    ending(Second, "clear-setting", "repairable", &[("/CloudWatchRoleArn", "otherwise")], (SETTING, SETTING)),
    ending(First, "change-setting", "repairable", &[("/CloudWatchRoleArn", "otherwise")], (SETTING, SETTING)),
    ending(First, "disable-alarm", "dangerous", &[("/State", "alarm")], (OFF, OFF)),
    ending(Second, "delete-alarm", "dangerous", &[("", "alarm")], (End::Stays("revert AWS::Events::Rule"), RULE)),
    ending(First, "open-topic", "dangerous", &[("/PolicyDocument", "alarm")], (TOPIC, TOPIC)),
    both(First, "change-guardrail", "dangerous", &[("Content", "guardrail-changed")]),
    both(First, "detach-guardrail", "dangerous", &[("Attachment", "guardrail-off")]),
    both(First, "attach-guardrail", "repairable", &[("Attachment", "elsewhere")]),
    both(First, "delete-guardrail", "dangerous", &[("", "guardrail-off")]),
    both(Second, "disable-policy-type", "dangerous", &[("Status", "guardrail-off"), ("Attachment", "guardrail-off")]),
    both(First, "move-account", "dangerous", &[("Unit", "guardrail-off")]),
    both(First, "change-account-tag", "benign", &[("Tags/env", "grants-nothing")]),
    both(Second, "delete-stack", "repairable", &[("", "missing")]),
    ending(First, "fail-stack", "repairable", &[("Status", "bad-state")], (ROLLBACK, ROLLBACK)),
    ending(
        First,
        "unprotect-stack",
        "repairable",
        &[("TerminationProtection", "unprotected")],
        (End::Gone, End::Refused("termination protection holds")),
    ),
    ending(First, "foreign-assumer", "none", &[], (End::Seen, End::Seen)),
    ending(First, "foreign-passer", "none", &[], (End::Seen, End::Seen)),
    ending(First, "foreign-unbounded", "none", &[], (End::Seen, End::Seen)),
    ending(First, "foreign-outsider", "none", &[], (End::Seen, End::Seen)),
];
