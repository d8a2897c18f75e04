//! The names of all mistakes that reading a configuration can find, grouped by hundreds.

/// Declares the diagnostics of a crate: a constant each, with its code and what it means, and `ALL` of them in order.
#[macro_export]
macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $name: $crate::Code = $crate::Code($code);
        )*

        /// Every code with its meaning in one line, in order.
        pub const ALL: &[($crate::Code, &str)] = &[$(($name, $meaning)),*];
    };
}

codes! {
    // The reader itself.
    WITHHELD = "LF0001", "there are more mistakes than are shown";

    // Files.
    FILE_MISSING = "LF0101", "a file or folder that is needed or referred to does not exist";
    FILE_UNREADABLE = "LF0102", "a file exists but cannot be read: permissions, or something else stands in its place";
    FILE_TOO_LARGE = "LF0103", "a file is larger than a configuration can sensibly be, and was not read";
    NOT_UTF8 = "LF0104", "a file has bytes that are no UTF-8";
    FILE_EMPTY = "LF0105", "a file has no content";
    CONTROL_CHARACTER = "LF0106", "a file has a control character that YAML does not allow";
    PATH_OUTSIDE = "LF0107", "a path leads out of the configuration folder";
    JSON_SYNTAX = "LF0108", "a policy file is no well-formed JSON";
    POLICY_DOCUMENT = "LF0109", "a policy file holds JSON that is no policy document";
    SAML_METADATA = "LF0110", "a file is no SAML metadata document that IAM accepts";
    TWO_MAIN_FILES = "LF0111", "two files claim to be the main one";

    // YAML.
    YAML_SYNTAX = "LF0201", "the YAML cannot be parsed";
    YAML_DOCUMENTS = "LF0202", "a file has more than one YAML document";
    YAML_DEPTH = "LF0203", "mappings and lists are nested deeper than any configuration needs";
    YAML_ALIAS = "LF0204", "anchors, aliases and merge keys are not read";
    DUPLICATE_KEY = "LF0205", "a key stands twice in one mapping";
    YAML_KEY = "LF0206", "a mapping's key is no plain text";
    YAML_TAG = "LF0207", "a YAML tag stands where text was meant";

    // The shape of a section.
    UNKNOWN_KEY = "LF0301", "a key has no meaning where it stands";
    MISSING_KEY = "LF0302", "a key that is always needed is missing";
    WRONG_TYPE = "LF0303", "a value is of another type than wanted";
    UNKNOWN_WORD = "LF0304", "a value is none of the words that are allowed";
    EXACTLY_ONE = "LF0305", "exactly one of several keys is wanted";
    EMPTY_LIST = "LF0306", "a list needs at least one entry";
    VERSION = "LF0307", "the configuration's version is not one that this release reads";
    KEY_NEEDS_ANOTHER = "LF0308", "a key only means something together with another";
    TOO_MANY = "LF0309", "a list has more entries than AWS allows";
    REPEATED = "LF0310", "an entry stands twice in one list";

    // Values.
    NAME = "LF0401", "a name has characters that are not allowed";
    NAME_TOO_LONG = "LF0402", "a name, or the name of a role made from it, is too long";
    EMAIL = "LF0403", "a text is no e-mail address that AWS accepts for an account";
    ACCOUNT_ID = "LF0404", "a value is no account id";
    REGION = "LF0405", "a text is no Region code";
    ARN = "LF0406", "a text is no ARN of the wanted sort";
    DURATION = "LF0407", "a value is no duration, or one outside the limits";
    CIDR = "LF0408", "a text is no CIDR block";
    UNIT_PATH = "LF0409", "a text is no path of an organizational unit";
    BUCKET = "LF0410", "a text is no name of an S3 bucket";
    PREFIX = "LF0411", "an S3 prefix is not written exactly";
    SECRETS_PATH = "LF0412", "a path of secrets is not written exactly";
    EXTERNAL_ID = "LF0413", "an external id is too short, too long or has other characters than AWS allows";
    REPOSITORY = "LF0414", "a text is no GitHub repository";
    GITHUB_SUBJECT = "LF0415", "a GitHub environment, branch, tag or id is not written exactly";
    TIME = "LF0416", "a text is no moment in UTC, or the window ends before it begins";
    TAG = "LF0417", "a tag is longer than AWS allows, or there are too many";
    STATEMENT = "LF0418", "an entry is no IAM statement";
    URL = "LF0419", "a text is no URL of an identity provider";
    IDENTIFIER = "LF0420", "a text is no identifier of the wanted sort";
    RESOURCE_NAME = "LF0421", "a text cannot be the name of such a resource";
    SCHEDULE = "LF0422", "a text is no schedule that GitHub Actions takes";
    PIN = "LF0423", "a version, checksum or commit does not pin exactly one content";

    // The organization and its accounts.
    DUPLICATE_UNIT = "LF0501", "a unit is listed twice";
    UNKNOWN_UNIT = "LF0502", "a unit is not listed";
    DUPLICATE_EMAIL = "LF0503", "two accounts have the same e-mail address";
    DUPLICATE_ID = "LF0504", "two accounts have the same id";
    TWO_UNITS = "LF0505", "an account is put into more than one unit";
    MANAGEMENT_ACCOUNT = "LF0506", "the management account is missing, has no id, or is put into a unit";
    SAME_PARAMETER = "LF0507", "two account names come to the same template parameter";

    // References.
    UNKNOWN_ACCOUNT = "LF0601", "an account is not defined";
    SELECTOR = "LF0602", "a term of an `accounts:` selector cannot be read";
    EMPTY_SELECTION = "LF0603", "an `accounts:` selector comes to no account";
    EMPTY_TERM = "LF0604", "a term of an `accounts:` selector matches no account";
    UNKNOWN_BOUNDARY = "LF0605", "a boundary is not defined";
    ROLE_REFERENCE = "LF0606", "a reference to a role is not written as ACCOUNT/NAME";
    UNKNOWN_ROLE = "LF0607", "no role of that name stands in the account";
    AMBIGUOUS_ROLE = "LF0608", "a short name stands for more than one role of the account";

    // Names that meet.
    DUPLICATE_NAME = "LF0701", "two entries of a section have the same name";
    SAME_ROLE = "LF0702", "two entries come to the same role name in one account";
    SAME_STACK = "LF0703", "two entries come to the same name of a stack, or of a resource in one template";

    // Advice.
    NO_BREAK_GLASS = "LF0801", "there is no emergency access";
    GUARDRAIL_ON_MANAGEMENT = "LF0802", "a service control policy has no effect on the management account";
}
