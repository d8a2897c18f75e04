//! The diagnostics of this crate: what only shows once the templates are written.

use landfall_model::Code;

/// A name that follows from the configuration is none that AWS takes.
pub const NAME: Code = Code("LF0301");
/// A policy that the user wrote is none.
pub const POLICY: Code = Code("LF0302");
/// A quota of IAM would be exceeded.
pub const QUOTA: Code = Code("LF0303");
/// A limit of CloudFormation would be exceeded.
pub const TEMPLATE: Code = Code("LF0304");
/// An ARN of another partition than the organization's.
pub const PARTITION: Code = Code("LF0305");
/// Two items make a role, policy, profile or stack of the same name in one account.
pub const TAKEN: Code = Code("LF0306");
/// Two accounts' names make the same template parameter.
pub const PARAMETER: Code = Code("LF0307");
/// The roles of an account are more than IAM allows.
pub const ROLES: Code = Code("LF0308");
