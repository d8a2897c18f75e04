//! What is allowed: IAM as types, never as JSON from string templates.
//!
//! The language ([`Document`], [`Statement`], [`Action`], [`Text`], [`Condition`], [`Principal`]) is one half, the
//! documents that Landfall writes with it are the other. Everything is symbolic about accounts until a [`Render`]er
//! decides: into a CloudFormation template, or into plain JSON for one account.

mod action;
mod condition;
mod document;
mod principal;
mod quota;
mod resource;
mod text;

pub use action::{Action, ActionError};
pub use condition::{Condition, ConditionKey, Operator, OperatorKind, Qualifier};
pub use document::{Actions, Document, DocumentError, Effect, Principals, Resources, Statement};
pub use principal::Principal;
pub use quota::{Quota, QuotaUse};
pub use resource::{ArnAccount, arn, iam_arn};
pub use text::{Piece, Plain, Render, Scope, Text, Unresolved};
