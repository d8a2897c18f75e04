//! The policies that AWS manages: `policies/data/managed.txt`, written by `policies/data/refresh_managed.py`.
//!
//! The text is a part of the program. It is cut into policies when the first is asked for, and a policy is read when it
//! is asked for itself, so that a command that needs none pays nothing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use landfall_model::Partition;
use serde_json::Value;

use crate::{Compiled, Document, closest};

const TEXT: &str = include_str!("data/managed.txt");

/// The path of policies that only service-linked roles can carry.
/// Source: IAM API reference, `AttachRolePolicy`, error `PolicyNotAttachable`.
const LINKED: &str = "aws-service-role/";

/// A policy that AWS manages.
#[derive(Debug)]
pub struct ManagedByAws {
    name: &'static str,
    version: &'static str,
    day: &'static str,
    statements: &'static str,
    documents: [OnceLock<Option<Document>>; 3],
    compiled: [OnceLock<Option<Compiled>>; 3],
}

/// All of them.
#[derive(Debug)]
pub struct AwsPolicies {
    policies: BTreeMap<&'static str, ManagedByAws>,
}

/// The one list of the program.
pub fn aws_policies() -> &'static AwsPolicies {
    static POLICIES: OnceLock<AwsPolicies> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let policies = TEXT.split("\n@").skip(1).map(|text| {
            let (head, statements) = text.split_once('\n').unwrap_or((text, ""));
            let mut fields = head.split(' ');
            let mut field = || fields.next().unwrap_or_default();
            let (name, version, day) = (field(), field(), field());
            (
                name,
                ManagedByAws {
                    name,
                    version,
                    day,
                    statements,
                    documents: Default::default(),
                    compiled: Default::default(),
                },
            )
        });
        AwsPolicies { policies: policies.collect() }
    })
}

/// What a policy's ARN says of it: its partition, and its name with its path, if it is one of AWS's own.
pub fn aws_policy_name(arn: &str) -> Option<(Partition, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (scheme, partition) = (parts.next()?, parts.next()?);
    let name = match (parts.next()?, parts.next()?, parts.next()?, parts.next()?) {
        ("iam", "", "aws", resource) => resource.strip_prefix("policy/")?,
        _ => return None,
    };
    let all = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov];
    let partition = all.into_iter().find(|known| known.as_str() == partition || partition == "*")?;
    (scheme == "arn").then_some((partition, name))
}

/// The document of a policy of AWS's own by its ARN; nothing for other policies, unknown ones, and those of
/// service-linked roles.
pub fn aws_policy_document(arn: &str) -> Option<&'static Document> {
    let (partition, name) = aws_policy_name(arn)?;
    aws_policies().policy(name)?.document(partition)
}

impl AwsPolicies {
    /// The day of the data, `2026-09-30`.
    pub fn date(&self) -> &'static str {
        TEXT.split(' ').nth(3).unwrap_or_default()
    }

    /// A policy by its name with its path, such as `job-function/ViewOnlyAccess`.
    pub fn policy(&self, name: &str) -> Option<&ManagedByAws> {
        self.policies.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &ManagedByAws> {
        self.policies.values()
    }

    /// The name that was meant by one that does not exist: the same under another path, or one that is written nearly
    /// alike.
    pub fn meant(&self, name: &str) -> Option<&'static str> {
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let moved = self.policies.keys().find(|known| last(known) == last(name));
        moved.copied().or_else(|| closest(name, self.policies.keys().copied()))
    }
}

impl ManagedByAws {
    /// Its name with its path.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its default version, `v3`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The day of that version.
    pub fn day(&self) -> &'static str {
        self.day
    }

    /// Whether only service-linked roles can carry it.
    pub fn is_service_linked(&self) -> bool {
        self.name.starts_with(LINKED)
    }

    /// What it says in a partition: AWS writes the same policy into each, with its own ARNs. Nothing for those of
    /// service-linked roles.
    pub fn document(&self, partition: Partition) -> Option<&Document> {
        self.documents.get(at(partition))?.get_or_init(|| read(self.statements, partition)).as_ref()
    }

    /// The same, ready to be asked: many roles have the same policy, and some are long.
    pub fn compiled(&self, partition: Partition) -> Option<&Compiled> {
        let compile = || Some(Compiled::plain(self.name, self.document(partition)?));
        self.compiled.get(at(partition))?.get_or_init(compile).as_ref()
    }
}

fn at(partition: Partition) -> usize {
    match partition {
        Partition::Aws => 0,
        Partition::AwsCn => 1,
        Partition::AwsUsGov => 2,
    }
}

fn read(statements: &str, partition: Partition) -> Option<Document> {
    let text = match partition {
        Partition::Aws => statements.to_owned(),
        other => statements.replace("\"arn:aws:", &["\"arn:", other.as_str(), ":"].concat()),
    };
    let statements: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
    Document::parse(&serde_json::json!({ "Version": "2012-10-17", "Statement": statements })).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plain, Render, Resources};

    #[test]
    fn the_list_says_how_old_it_is() {
        let date = aws_policies().date();
        assert!(landfall_model::Day::new(date).is_some(), "{date}");
        assert!(aws_policies().iter().all(|policy| policy.day() <= date && policy.version().starts_with('v')));
    }

    #[test]
    fn every_policy_is_read_whole() {
        let (mut documents, mut statements) = (0, 0);
        for policy in aws_policies().iter() {
            let document = policy.document(Partition::Aws);
            assert_eq!(document.is_none(), policy.is_service_linked(), "{}", policy.name());
            if let Some(document) = document {
                assert_eq!(document.statements.len(), policy.statements.lines().count(), "{}", policy.name());
                documents += 1;
                statements += document.statements.len();
            }
        }
        assert!(documents > 1_200 && statements > 5_000, "{documents} {statements}");
    }

    #[test]
    fn an_arn_leads_to_a_document() {
        let power = aws_policy_document("arn:aws:iam::aws:policy/PowerUserAccess").unwrap();
        assert!(power.statements.iter().any(|one| matches!(&one.actions, crate::Actions::Except(_))));
        assert!(aws_policy_document("arn:*:iam::aws:policy/job-function/ViewOnlyAccess").is_some());
        for none in [
            "arn:aws:iam::aws:policy/ViewOnlyAccess",
            "arn:aws:iam::111122223333:policy/PowerUserAccess",
            "arn:aws:iam::aws:role/PowerUserAccess",
            "PowerUserAccess",
        ] {
            assert!(aws_policy_document(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_policy_has_the_arns_of_its_partition() {
        let document = aws_policy_document("arn:aws-cn:iam::aws:policy/service-role/AWSConfigRole");
        let document = document.or_else(|| aws_policy_document("arn:aws-cn:iam::aws:policy/SecurityAudit")).unwrap();
        let texts = document.statements.iter().flat_map(|one| match &one.resources {
            Resources::Only(list) | Resources::Except(list) => list.as_slice(),
            Resources::Implied => &[],
        });
        let texts: Vec<String> = texts.map(|text| Plain.text(text).as_str().unwrap().to_owned()).collect();
        assert!(texts.iter().any(|text| text.starts_with("arn:aws-cn:")), "{texts:?}");
        assert!(!texts.iter().any(|text| text.starts_with("arn:aws:")), "{texts:?}");
    }

    #[test]
    fn a_misspelled_name_is_near_the_right_one() {
        let policies = aws_policies();
        assert!(policies.policy("AmazonS3ReadOnlyAcces").is_none());
        assert_eq!(policies.meant("AmazonS3ReadOnlyAcces"), Some("AmazonS3ReadOnlyAccess"));
        assert_eq!(policies.meant("ViewOnlyAccess"), Some("job-function/ViewOnlyAccess"));
        assert_eq!(policies.meant("job-function/SecurityAudit"), Some("SecurityAudit"));
        assert_eq!(policies.meant("SomethingElseAltogether"), None);
    }
}
