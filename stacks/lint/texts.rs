//! What the user wrote in IAM's own language.

use landfall_model::{BoundaryContent, Foundation, GuardrailContent, GuardrailKind, PolicyText};
use landfall_policies::lint::{DocumentKind, Subject, boundary_escapes, check as check_document, codes, near_limit};
use landfall_policies::{Document, Quota, QuotaUse, Statement};

use super::finding::{Finding, Written, diagnostic};
use crate::item::Item;

/// Looks at every document and statement of the user's.
pub(crate) fn check(foundation: &Foundation, items: &[Item<'_>], written: Written<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (name, boundary) in &foundation.boundaries {
        match &boundary.content {
            BoundaryContent::Policy(text) => {
                let Ok(document) = Document::parse(&text.json) else { continue };
                look(&mut out, written, name.as_str(), text, DocumentKind::Boundary, &document);
                escape(&mut out, name.as_str(), text.place, &document);
            }
            BoundaryContent::Services(services) => {
                if services.iter().any(|service| service == "iam") {
                    out.push(lets_make(name.as_str(), boundary.place, "iam:*"));
                }
                for service in services {
                    if let Some(found) = unknown_service(service) {
                        let message = found.message.clone();
                        out.push(Finding::new(diagnostic(found, boundary.place, message), [name.as_str()]));
                    }
                }
            }
        }
    }
    for guardrail in &foundation.guardrails {
        let GuardrailContent::Policy(text) = &guardrail.content else { continue };
        let Ok(document) = Document::parse(&text.json) else { continue };
        let (kind, quota) = match guardrail.kind {
            GuardrailKind::ServiceControl => (DocumentKind::ServiceControl, Quota::ServiceControlPolicy),
            GuardrailKind::ResourceControl => (DocumentKind::ResourceControl, Quota::ResourceControlPolicy),
        };
        look(&mut out, written, guardrail.name.as_str(), text, kind, &document);
        if let Some(found) = near_limit(QuotaUse { quota, used: document.size() }) {
            let message = format!("guardrail `{}`: {}", guardrail.name, found.message);
            out.push(Finding::new(diagnostic(found, text.place, message), [guardrail.name.as_str()]));
        }
    }
    for item in items {
        for text in &item.statements {
            let Ok(statement) = Statement::parse(&text.json, "statement") else { continue };
            let document = Document { statements: vec![statement] };
            look(&mut out, written, &item.name, text, DocumentKind::Identity, &document);
        }
    }
    out
}

fn look(
    out: &mut Vec<Finding>,
    written: Written<'_>,
    name: &str,
    text: &PolicyText,
    kind: DocumentKind,
    document: &Document,
) {
    for found in check_document(Subject { kind, document }) {
        let place = written.texts.find(text.place, &found.path);
        let message = found.message.clone();
        out.push(Finding::new(diagnostic(found, place, message), [name]));
    }
}

fn escape(out: &mut Vec<Finding>, name: &str, place: landfall_model::Place, document: &Document) {
    let ways = boundary_escapes(document);
    if let Some(first) = ways.first() {
        out.push(lets_make(name, place, first));
    }
}

fn lets_make(name: &str, place: landfall_model::Place, action: &str) -> Finding {
    let message = format!("boundary `{name}` lets its roles make keys and passwords of any user: `{action}`");
    let diagnostic = landfall_model::Diagnostic::error(codes::BOUNDARY_ESCAPE, place, message).help(
        "a user is bounded by no boundary of the role that made its key: deny `iam:CreateAccessKey` and `iam:CreateLoginProfile`",
    );
    Finding::new(diagnostic, [name])
}

fn unknown_service(service: &str) -> Option<landfall_policies::lint::Finding> {
    let json = serde_json::json!({ "Effect": "Allow", "Action": format!("{service}:*"), "Resource": "*" });
    let document = Document { statements: vec![Statement::parse(&json, "statement").ok()?] };
    let subject = Subject { kind: DocumentKind::Boundary, document: &document };
    check_document(subject).into_iter().find(|found| found.code == codes::UNKNOWN_ACTION)
}
