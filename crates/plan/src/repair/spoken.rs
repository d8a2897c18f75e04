//! Whether policies speak of a tag of a role, so that access hangs on it.

use landfall_stacks::Identities;

use super::text::{Sources, leans};
use crate::Difference;

/// Every text at hand, to be searched for tags.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    texts: String,
    /// A role leans on a policy that nobody could read.
    anything: bool,
}

impl Spoken {
    /// Nothing is written out where no tag differs.
    pub(super) fn of(differences: &[Difference], expected: &Identities, sources: &Sources<'_>) -> Self {
        let mut out = Self::default();
        if !differences.iter().any(|one| one.property.starts_with("Tags/")) {
            return out;
        }
        let changed = differences.iter().flat_map(|one| [&one.desired, &one.live]);
        changed.for_each(|json| out.hear(&json.to_string()));
        let policies = expected.policies.values().map(|policy| &policy.document);
        let roles = expected.roles.values().flat_map(|role| role.inline.values().chain([&role.trust]));
        policies.chain(roles).for_each(|document| out.hear(document.text()));
        for arn in leans(differences, expected) {
            match sources.documents(&arn) {
                Some(documents) => documents.iter().for_each(|json| out.hear(&json.to_string())),
                None => out.anything = true,
            }
        }
        out
    }

    fn hear(&mut self, text: &str) {
        self.texts.push_str(&text.to_ascii_lowercase());
    }

    /// Whether a policy may speak of a tag: `aws:PrincipalTag/KEY`, `iam:ResourceTag/KEY`. Source: IAM User Guide,
    /// "Controlling access to and for IAM users and roles using tags".
    pub(super) fn of_tag(&self, key: &str) -> bool {
        self.anything || self.texts.contains(&["tag/", &key.to_ascii_lowercase()].concat())
    }
}
