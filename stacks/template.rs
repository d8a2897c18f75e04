//! A CloudFormation template as types: what cannot be deployed safely cannot be written down.

use std::fmt;
use std::time::Duration;

use indexmap::IndexMap;
use landfall_model::{BoundaryName, Email, PolicyName, RoleName};
use landfall_policies::{Document, RolePolicies, Text};
use serde_json::Value;

use crate::Digest;

/// The name of a resource inside its template: letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalId(String);

impl LogicalId {
    /// An id that Landfall itself writes, a constant of the program.
    pub fn of(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// An id from an item's name, with a suffix that says what it is.
    ///
    /// Two names never share an id, and an id never depends on what other names there are: a name for which
    /// `PascalCase` alone would lose something (`etl-1` and `etl1`, `a.b` and `a-b`) carries eight hex digits of its
    /// SHA-256 behind it.
    pub fn named(name: &str, suffix: &str) -> Self {
        let mut text = landfall_model::pascal(name);
        let lossless = name.split('-').enumerate().all(|(index, part)| {
            part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && (index == 0 || part.starts_with(|c: char| c.is_ascii_lowercase()))
        });
        if !lossless {
            text.push('X');
            text.extend(Digest::of(name).as_str().chars().take(8));
        }
        text.push_str(suffix);
        Self(text)
    }

    /// The letters and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogicalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What it is for, up to 1,024 bytes.
    pub description: String,
    /// Its resources, in the order in which they are written.
    pub resources: IndexMap<LogicalId, Resource>,
    /// Its outputs by key, letters and digits.
    pub outputs: IndexMap<String, Output>,
}

impl Template {
    /// A template without resources yet.
    pub fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), resources: IndexMap::new(), outputs: IndexMap::new() }
    }

    /// Adds a resource.
    pub fn add(&mut self, id: LogicalId, resource: Resource) {
        self.resources.insert(id, resource);
    }

    /// Adds an output.
    pub fn output(&mut self, key: impl Into<String>, description: impl Into<String>, value: OutputValue) {
        self.outputs.insert(key.into(), Output { description: description.into(), value });
    }

    /// Its roles, in order.
    pub fn roles(&self) -> impl Iterator<Item = &RoleBody> {
        self.resources.values().filter_map(|resource| match resource {
            Resource::Role(role) => Some(role.as_ref()),
            _ => None,
        })
    }
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What it is.
    pub description: String,
    /// Its value.
    pub value: OutputValue,
}

/// What an output says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputValue {
    /// An attribute of a resource. Roles are never `Ref`ed: emulators disagree about what that is.
    Attribute(LogicalId, &'static str),
    /// A name that is known.
    Text(Text),
}

/// A resource, one variant a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// `AWS::IAM::Role`
    Role(Box<RoleBody>),
    /// `AWS::IAM::ManagedPolicy`
    ManagedPolicy(ManagedPolicyBody),
    /// `AWS::IAM::InstanceProfile`
    InstanceProfile(InstanceProfileBody),
    /// `AWS::IAM::OIDCProvider`
    OidcProvider(OidcProviderBody),
    /// `AWS::IAM::SAMLProvider`
    SamlProvider(SamlProviderBody),
    /// `AWS::SNS::Topic`
    Topic(TopicBody),
    /// `AWS::SNS::TopicPolicy`
    TopicPolicy(TopicPolicyBody),
    /// `AWS::Events::Rule`
    EventRule(EventRuleBody),
    /// `AWS::ApiGateway::Account`
    ApiAccount(ApiAccountBody),
    /// `AWS::CloudFormation::WaitConditionHandle`, which makes nothing: a template must have a resource, and a part
    /// of a split stack may have given all of its roles away.
    Nothing,
}

impl Resource {
    /// As CloudFormation spells the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Role(_) => "AWS::IAM::Role",
            Self::ManagedPolicy(_) => "AWS::IAM::ManagedPolicy",
            Self::InstanceProfile(_) => "AWS::IAM::InstanceProfile",
            Self::OidcProvider(_) => "AWS::IAM::OIDCProvider",
            Self::SamlProvider(_) => "AWS::IAM::SAMLProvider",
            Self::Topic(_) => "AWS::SNS::Topic",
            Self::TopicPolicy(_) => "AWS::SNS::TopicPolicy",
            Self::EventRule(_) => "AWS::Events::Rule",
            Self::ApiAccount(_) => "AWS::ApiGateway::Account",
            Self::Nothing => "AWS::CloudFormation::WaitConditionHandle",
        }
    }
}

/// A role's permissions boundary, by where it comes from, with its name in IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoundarySource {
    /// A stack of its own in the account.
    Account(BoundaryName, PolicyName),
    /// The role's own stack, where it stands before the role.
    Stack(LogicalId, PolicyName),
}

impl BoundarySource {
    /// The policy's name in IAM.
    pub fn policy(&self) -> &PolicyName {
        match self {
            Self::Account(_, name) | Self::Stack(_, name) => name,
        }
    }
}

/// A role. There is no way to write one without a boundary.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleBody {
    /// Its name; a change of it makes the role anew.
    pub name: RoleName,
    /// What it is for, up to 1,000 characters.
    pub description: String,
    /// Who may assume it, and what it may do.
    pub policies: RolePolicies,
    /// The most that it can ever do.
    pub boundary: BoundarySource,
    /// `MaxSessionDuration`, 1 h to 12 h.
    pub max_session: Duration,
}

impl RoleBody {
    /// The session that a role has where nobody asks for another. Source: IAM API, `CreateRole.MaxSessionDuration`.
    pub const HOUR: Duration = Duration::from_secs(3_600);
}

/// A customer managed policy. It has no description: CloudFormation cannot change one without making the policy anew,
/// which a name that is taken refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedPolicyBody {
    /// Its name.
    pub name: PolicyName,
    /// What it says.
    pub document: Document,
}

/// An instance profile for one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfileBody {
    /// Its name.
    pub name: RoleName,
    /// The logical id of the role, which stands before it.
    pub role: LogicalId,
    /// The role's name.
    pub role_name: RoleName,
}

/// An OpenID Connect provider. It has no thumbprints: IAM trusts the issuer's certificate authority by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcProviderBody {
    /// The issuer without `https://`.
    pub host: String,
    /// Client ids, in order.
    pub audiences: Vec<String>,
}

/// A SAML 2.0 provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlProviderBody {
    /// Its name.
    pub name: String,
    /// The metadata document.
    pub metadata: String,
}

/// API Gateway's setting for an account in one Region. The setting stays when the resource goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAccountBody {
    /// The ARN of the role with which API Gateway writes logs.
    pub role: Text,
}

/// A topic that mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicBody {
    /// Its name.
    pub name: String,
    /// Who is told.
    pub subscribers: Vec<Email>,
}

/// Who may publish to a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPolicyBody {
    /// The topic.
    pub topic: LogicalId,
    /// The policy.
    pub document: Document,
}

/// Which of CloudTrail's events a rule gets. Source: EventBridge User Guide, "Receiving read-only management events from
/// AWS services".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailEvents {
    /// Those that change something.
    Changes,
    /// Those that only read as well, among which CloudTrail counts `AssumeRole`.
    All,
}

impl TrailEvents {
    /// As the state of a rule spells it.
    pub fn state(self) -> &'static str {
        match self {
            Self::Changes => "ENABLED",
            Self::All => "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        }
    }
}

/// An EventBridge rule on the default bus that tells a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRuleBody {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The events. Source: EventBridge User Guide, "Event patterns".
    pub pattern: Value,
    /// Which of the events that CloudTrail delivers are looked at.
    pub trail: TrailEvents,
    /// Who is told.
    pub topic: LogicalId,
}

#[cfg(test)]
mod tests {
    use super::LogicalId;

    #[test]
    fn names_that_pascal_case_would_merge_keep_apart() {
        let names = ["etl-orders", "etlOrders", "etl1", "etl-1", "a.b", "a-b", "a_b", "ab", "1a"];
        let ids: std::collections::BTreeSet<_> = names.iter().map(|name| LogicalId::named(name, "Role")).collect();
        assert_eq!(ids.len(), names.len(), "{ids:?}");
        assert!(ids.iter().all(|id| id.as_str().bytes().all(|b| b.is_ascii_alphanumeric())));
        assert_eq!(LogicalId::named("etl-orders", "JobRole").as_str(), "EtlOrdersJobRole");
    }
}
