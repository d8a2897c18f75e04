//! The boundaries that the user describes.

use landfall_model::{Boundary, BoundaryContent};

use crate::error::identity_document;
use crate::protection::{in_organization, inside, protection};
use crate::{
    Action, Actions, ArnAccount, Document, Effect, Estate, PolicyError, Principals, Resources, Statement, Text,
};

/// The document of a boundary: what the user lets through, and behind it Landfall's own part.
///
/// Landfall's part lets one thing through that the user need not think of: `sts:AssumeRole` on roles that Landfall makes
/// in the organization, and `sts:GetCallerIdentity`. Without it a boundary such as `services: [s3]` would take an
/// `assume:` grant away. It grants nothing by itself, as no boundary does: the role's own policies and the other role's
/// trust must still say so. The rest of it takes away: see `protection.rs`.
///
/// # Errors
/// The user's document is no identity policy.
pub fn boundary(estate: &Estate, boundary: &Boundary) -> Result<Document, PolicyError> {
    let mut statements = match &boundary.content {
        BoundaryContent::Services(services) => vec![allow_services(services, boundary)?],
        BoundaryContent::Policy(text) => identity_document(text)?.statements,
    };
    statements.push(
        Statement::allow("LandfallAssume", ["sts:AssumeRole"])
            .on([estate.roles(ArnAccount::Any)])
            .when(in_organization()),
    );
    statements.push(Statement::allow("LandfallWhoAmI", ["sts:GetCallerIdentity"]).on_all());
    statements.push(inside());
    statements.extend(protection(estate, vec![estate.boundaries()]));
    Ok(Document::named(statements))
}

/// Session Manager and Run Command speak through two services that nobody thinks of as theirs. Source: Systems Manager
/// User Guide, "Reference: ec2messages, ssmmessages, and other API operations".
const COMPANIONS: [(&str, [&str; 2]); 1] = [("ssm", ["ec2messages", "ssmmessages"])];

fn allow_services(services: &[String], boundary: &Boundary) -> Result<Statement, PolicyError> {
    let mut prefixes: Vec<&str> = services.iter().map(String::as_str).collect();
    for (service, companions) in COMPANIONS {
        if prefixes.contains(&service) {
            prefixes.extend(companions);
        }
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    let actions = prefixes
        .into_iter()
        .map(|prefix| {
            Action::new([prefix, ":*"].concat()).map_err(|error| PolicyError::Text {
                place: boundary.place,
                error: crate::DocumentError::Action { path: "services".to_owned(), error },
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Statement {
        sid: Some("Services".to_owned()),
        effect: Effect::Allow,
        principals: Principals::Implied,
        actions: Actions::Only(actions),
        resources: Resources::Only(vec![Text::literal("*")]),
        conditions: Vec::new(),
    })
}
