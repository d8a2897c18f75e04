//! A guardrail as AWS Organizations stores it: one text for all accounts.

use landfall_model::{GuardrailKind, OrganizationId, Partition};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Document, Piece, Quota, QuotaUse, Render, Text};

/// Stands in the text where the organization's id belongs, until the organization is there.
const ORGANIZATION: &str = "${Landfall:OrganizationId}";

/// Characters of the longest id that an organization can have. Source: Organizations API reference, `Organization.Id`:
/// `o-` and 10 to 32 letters or digits.
const LONGEST_ID: usize = 34;

/// The minified text of a guardrail, in which only the organization's id may still be open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuardrailText(String);

/// Fills what is the same for every account: an organization policy stands in none, so the account is any.
struct Everywhere(Partition);

impl Render for Everywhere {
    fn text(&self, text: &Text) -> Value {
        let mut out = String::new();
        for piece in text.pieces() {
            out.push_str(match piece {
                Piece::Literal(literal) => literal,
                Piece::Partition => self.0.as_str(),
                Piece::Account | Piece::AccountOf(_) | Piece::Region => "*",
                Piece::Organization => ORGANIZATION,
            });
        }
        Value::String(out)
    }
}

impl GuardrailText {
    /// Writes a document for the organizations of a partition. AWS counts the white space of what comes through the
    /// API, so there is none.
    pub fn new(document: &Document, partition: Partition) -> Self {
        Self(document.render(&Everywhere(partition)).to_string())
    }

    /// The text for one organization.
    pub fn of(&self, organization: &OrganizationId) -> String {
        self.0.replace(ORGANIZATION, organization.as_str())
    }

    /// The text with the place of the organization's id marked: what is the same before and after the organization is
    /// made.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands in an organization, with its id marked as in [`GuardrailText::as_str`]; `None` where somebody wrote
    /// the mark itself.
    pub fn marked(stands: &str, organization: &OrganizationId) -> Option<String> {
        (!stands.contains(ORGANIZATION)).then(|| stands.replace(organization.as_str(), ORGANIZATION))
    }

    /// How many characters AWS counts at most.
    pub fn size(&self) -> usize {
        let open = self.0.matches(ORGANIZATION).count();
        let longer = LONGEST_ID.saturating_sub(ORGANIZATION.len());
        self.0.chars().count() + open * longer
    }
}

/// How much of its quota a guardrail uses.
pub fn guardrail_use(kind: GuardrailKind, text: &GuardrailText) -> QuotaUse {
    let quota = match kind {
        GuardrailKind::ServiceControl => Quota::ServiceControlPolicy,
        GuardrailKind::ResourceControl => Quota::ResourceControlPolicy,
    };
    QuotaUse { quota, used: text.size() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, OperatorKind, Statement};

    fn document() -> Document {
        Document::new([Statement::deny("Own", ["s3:*"]).on_all().when(Condition::new(
            OperatorKind::StringNotEquals,
            "aws:SourceOrgID",
            [Text::piece(Piece::Organization)],
        ))])
    }

    #[test]
    fn the_organization_is_filled_in_and_nothing_is_wider_than_it_must_be() {
        let text = GuardrailText::new(&document(), Partition::Aws);
        let id = OrganizationId::new("o-a1b2c3d4e5").unwrap();
        let filled = text.of(&id);
        assert!(filled.contains(r#""aws:SourceOrgID":"o-a1b2c3d4e5""#), "{filled}");
        assert!(!filled.contains("Landfall") && !filled.contains(": ") && !filled.contains('\n'), "{filled}");
        let longest = OrganizationId::new(["o-", &"a".repeat(32)].concat()).unwrap();
        assert_eq!(text.size(), text.of(&longest).chars().count());
        assert!(guardrail_use(GuardrailKind::ResourceControl, &text).fits());
    }
}
