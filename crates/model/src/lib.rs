//! The configuration as a validated vocabulary.
//!
//! A folder of YAML comes in, a [`Foundation`] and every [`Diagnostic`] come out. Nothing here knows about
//! CloudFormation or the network: these are the words that every other crate speaks.

mod acceptance;
mod access;
mod account;
mod arn;
mod automation;
mod boundary;
mod break_glass;
mod ci_deployer;
pub mod codes;
mod conditions;
mod cross_account;
mod day;
mod diagnostic;
mod edit;
mod federation;
mod foundation;
mod guardrail;
mod kind;
mod metaflow;
mod name;
mod naming;
mod organization;
mod ownership;
mod place;
mod read;
mod role_index;
mod schedule;
mod schema;
mod service;
mod team;
mod text_places;
mod write;

pub use acceptance::Acceptance;
pub use access::{AccessMode, Grant, PolicyText, Reads, RoleAccess};
pub use account::{Account, AccountId, AccountSet, Email, OrganizationId};
pub use arn::{Arn, ArnError, Partition, Region};
pub use automation::{
    Automation, AutomationRole, CodeScanning, DriftWatch, Install, ReleaseTarget, Remediate, Repository, Revision,
};
pub use boundary::{Boundary, BoundaryContent};
pub use break_glass::{Alarm, BreakGlass, Tier, TierAccess};
pub use ci_deployer::{CiDeployer, GithubSubject, GithubTrust, SubjectForm};
pub use conditions::{Conditions, Validity};
pub use cross_account::{CrossAccount, Trusted, TrustedRole};
pub use day::Day;
pub use diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity};
pub use edit::{EditError, Part, Writing, value_at, written};
pub use federation::{Federation, FederationTrust};
pub use foundation::Foundation;
pub use guardrail::{Attachment, Guardrail, GuardrailContent, GuardrailKind};
pub use kind::Kind;
pub use metaflow::{JobStatement, Metaflow};
pub use name::{
    AccountName, BoundaryName, ItemName, NameError, OrganizationName, PolicyName, RoleName, StackName, TagKey, UserName,
};
pub use naming::{BatchRole, Naming, ORGANIZATION_PARAMETER, account_parameter, pascal};
pub use organization::{Organization, UnitPath};
pub use ownership::{TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION, TAG_PART_OF};
pub use place::{FileId, Place, Source, Sources};
pub use read::{ACCOUNTS_FOLDER, Edits, Loaded, MAIN_FILE, TEAMS_FOLDER, load, load_edited, load_files};
pub use role_index::{IndexedRole, Resolution, RoleIndex};
pub use schedule::{Schedule, ScheduleError};
pub use schema::{SchemaOf, schema};
pub use service::{Service, ServiceKind};
pub use team::{Job, RoleStrategy, Team};
pub use text_places::TextPlaces;
pub use write::{AccountDraft, GuardrailDraft, OrganizationDraft, TeamDraft, flow_list, flow_map, scalar};
