//! What is allowed: IAM as types, never as JSON from string templates.
//!
//! The language ([`Document`], [`Statement`], [`Action`], [`Text`], [`Condition`], [`Principal`]) is one half, the
//! documents that Landfall writes with it are the other. Everything is symbolic about accounts until a [`Render`]er
//! decides: into a CloudFormation template, or into plain JSON for one account.

mod access;
mod action;
mod automation;
mod batch_team;
mod boundary;
mod break_glass;
mod ci_deployer;
mod condition;
mod cross_account;
mod database;
mod document;
mod error;
mod estate;
mod evaluate;
mod federation;
mod github;
mod global_keys;
mod grant;
mod guardrail;
mod guardrail_text;
mod inquiry;
#[cfg(test)]
mod laws;
pub mod lint;
mod managed;
mod merge;
mod metaflow;
mod operation;
mod principal;
mod protection;
mod quota;
mod resource;
mod role;
mod service;
mod service_linked;
mod shared_policy;
mod sid;
#[cfg(test)]
mod specimen;
mod suggest;
mod text;
mod trust;

pub use access::{access_attached, access_inline, access_statements};
pub use action::{Action, ActionError};
pub use automation::{automation_boundary, automation_role};
pub use batch_team::{batch_execution_role, batch_job_role};
pub use boundary::boundary;
pub use break_glass::{break_glass_boundary, break_glass_role, break_glass_trust};
pub use ci_deployer::{Entry, ci_deployer_role, ci_hub_role};
pub use condition::{Condition, ConditionKey, Operator, OperatorKind, Qualifier};
pub use cross_account::{cross_account_role, cross_account_trust};
pub use database::{AccessLevel, ActionFacts, Arity, Database, KeyFacts, ResourceType, Service, ValueType, database};
pub use document::{Actions, Document, DocumentError, Effect, Principals, Resources, Statement};
pub use error::PolicyError;
pub use estate::{Estate, GITHUB_PROVIDER, own_boundary};
pub use evaluate::{
    Caller, CallerError, CallerKind, Compiled, Context, Decision, Layer, Layers, Request, Side, StatementRef, Tested,
    Values, Verdict, Verdicts, evaluate,
};
pub use federation::{BuiltIn, Provider, federation_role, federation_trust, issuer_host, needs_subjects, provider};
pub use github::{github_branch, github_pull_requests, github_subjects, github_trust};
pub use grant::{grant, grants};
pub use guardrail::{guardrail, guardrail_name};
pub use guardrail_text::{GuardrailText, guardrail_use};
pub use inquiry::{Inquiry, InquiryError, context};
pub use landfall_model::AutomationRole;
pub use managed::{AwsPolicies, ManagedByAws, aws_policies, aws_policy_document, aws_policy_name};
pub use metaflow::{MetaflowRole, metaflow_role};
pub use operation::{HANDLERS, Handler, Makers, OPERATIONS, Operation, Target, operation};
pub use principal::Principal;
pub use quota::{Quota, QuotaUse};
pub use resource::{ArnAccount, arn, aws_managed, iam_arn, own_arn, role_arn};
pub use role::{RolePolicies, managed_policy_use};
pub use service::{ServiceRole, service_role};
pub use service_linked::{ServiceLinkedRole, service_linked_roles};
pub use shared_policy::SharedPolicy;
pub use suggest::closest;
pub use text::{Piece, Plain, Render, Scope, Text, Unresolved};
