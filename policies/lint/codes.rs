//! The names of all that the linter finds, grouped by hundreds.

landfall_model::codes! {
    // What does not exist or does not fit.
    UNKNOWN_ACTION = "LF2001", "an action, or its service, does not exist";
    EMPTY_PATTERN = "LF2002", "a pattern of actions matches none";
    RESOURCE_WITHOUT_ACTION = "LF2003", "a resource fits none of the statement's actions";
    ACTION_WITHOUT_RESOURCE = "LF2004", "an action fits none of the statement's resources";
    UNKNOWN_KEY = "LF2005", "a condition key does not exist";
    KEY_WITHOUT_ACTION = "LF2006", "a condition key does not come with the statement's actions";
    OPERATOR_TYPE = "LF2007", "a condition's operator does not fit the type of its key";
    VALUE_TYPE = "LF2008", "a condition's value does not fit its operator";
    SET_OPERATOR = "LF2009", "a set operator is missing, or stands where the key has one value, or passes without the key";
    LITERAL_WILDCARD = "LF2010", "a wildcard stands where an operator takes it for a character";
    UNKNOWN_MANAGED = "LF2011", "a managed policy of AWS's own does not exist";
    NOT_ATTACHABLE = "LF2012", "a managed policy is for service-linked roles only";
    SERVICE_LINKED = "LF2013", "service-linked roles are made, changed or assumed by hand";

    // Who comes in.
    GITHUB_WIDE = "LF2101", "a GitHub subject lets more in than one kind of run of one repository";
    GITHUB_NO_SUBJECT = "LF2102", "a trust in GitHub has no test of the subject";
    GITHUB_NO_AUDIENCE = "LF2103", "a trust in an identity provider has no test of the audience";
    FAILS_OPEN = "LF2104", "a test of a subject or audience passes where the token has none";
    GITHUB_NEVER = "LF2105", "a GitHub subject never matches";
    MFA_NEVER = "LF2106", "a test of MFA never passes for who comes in";
    MFA_OPEN = "LF2107", "a test of MFA passes without MFA";
    EXTERNAL_ID = "LF2108", "another organization's account is trusted without an external id";
    ACCOUNT_ROOT = "LF2109", "a whole account is trusted without a condition";
    ANYONE = "LF2110", "everyone is trusted";
    CONFUSED_DEPUTY = "LF2111", "a service is trusted whoever it acts for";
    SESSION_LONG = "LF2112", "sessions of people may last longer than they should";
    SESSION_NEVER = "LF2113", "a session never lasts as long as the role lets it";
    CONDITION_NEVER = "LF2114", "conditions are never met, together or by those who come in";

    // Who can become more.
    ESCALATION = "LF2201", "a role can make itself more than its boundary";
    IDENTITY_CHANGE = "LF2202", "a role can change what others may do";
    PASS_ROLE = "LF2203", "roles are passed to any service";
    CHAIN = "LF2204", "a role can become a stronger one";
    BOUNDARY_ESCAPE = "LF2205", "a boundary lets its roles make credentials that it does not bound";
    EVERY_ACTION = "LF2206", "a role is allowed every action on everything";

    // What has no effect, and what is nearly full.
    BOUNDARY_TAKES = "LF2301", "a boundary takes away what the role's own policies grant";
    GUARDRAIL_TAKES = "LF2302", "a guardrail takes away what the role's own policies grant";
    NEAR_LIMIT = "LF2303", "a quota of IAM is nearly used up";

    // Accepted findings.
    ACCEPTED_NOTHING = "LF2401", "an accepted finding is not found (any more)";

    // What ends.
    WINDOW_OVER = "LF2501", "the time in which a role can be assumed is over";
    WINDOW_ENDS = "LF2502", "the time in which a role can be assumed is soon over";
    ACCEPTANCE_ENDS = "LF2503", "a finding is soon not accepted any more";
}
