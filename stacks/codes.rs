//! The diagnostics of this crate: what only shows once the templates are written.

landfall_model::codes! {
    NAME = "LF1001", "a name that follows from the configuration is none that AWS takes";
    POLICY = "LF1002", "a policy that the user wrote is none that a role can carry";
    QUOTA = "LF1003", "a quota of IAM would be exceeded";
    TEMPLATE = "LF1004", "a limit of CloudFormation would be exceeded";
    PARTITION = "LF1005", "an ARN is of another partition than the organization";
    TAKEN = "LF1006", "two items make a role or a stack of the same name in one account";
    PARAMETER = "LF1007", "the names of two accounts make the same template parameter";
    ROLES = "LF1008", "an account would have more roles than IAM allows";
    LINKED_NAME = "LF1009", "a role is named as service-linked roles are";
}
