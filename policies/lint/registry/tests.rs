use super::*;
use crate::lint::DocumentKind;
use crate::specimen::{acme, boundaries, roles};

#[test]
fn what_landfall_writes_is_clean() {
    let foundation = acme();
    let mut found = Vec::new();
    let mut look = |name: &str, kind, document: &crate::Document| {
        for finding in check(Subject { kind, document }) {
            // Landfall's own plan role looks from pull requests, and may do nothing else.
            if name == "automation-Plan" && finding.path.ends_with("sub[0]") {
                continue;
            }
            found.push(format!("{name}: {} {} {} ({})", finding.code.0, finding.path, finding.message, finding.help));
        }
    };
    for (name, document) in boundaries(&foundation) {
        look(&name, DocumentKind::Boundary, &document);
    }
    for (name, role) in roles(&foundation) {
        look(&name, DocumentKind::Trust, &role.trust);
        if let Some(inline) = &role.inline {
            look(&name, DocumentKind::Identity, inline);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
