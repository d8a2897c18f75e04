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

#[cfg(test)]
mod tests {
    use landfall_model::{BoundaryName, FileId, Place, PolicyText};
    use serde_json::{Value, json};

    use super::*;
    use crate::specimen::{acme, plain};
    use crate::{Estate, managed_policy_use};

    const PLACE: Place = Place { file: FileId(0), start: 0, end: 0 };

    fn of(content: BoundaryContent) -> Result<Document, PolicyError> {
        let one = Boundary { name: BoundaryName::new("x").unwrap(), content, place: PLACE };
        boundary(&Estate::of(&acme()), &one)
    }

    fn statement(document: &Document, sid: &str) -> Value {
        let json = plain(document);
        json["Statement"].as_array().unwrap().iter().find(|one| one["Sid"] == sid).unwrap().clone()
    }

    #[test]
    fn services_are_let_through_whole_with_what_they_speak_through() {
        let services = ["ssm", "s3", "s3"].map(str::to_owned).into();
        let document = of(BoundaryContent::Services(services)).unwrap();
        assert_eq!(
            statement(&document, "Services"),
            json!({
                "Sid": "Services", "Effect": "Allow",
                "Action": ["ec2messages:*", "s3:*", "ssm:*", "ssmmessages:*"], "Resource": "*",
            })
        );
    }

    #[test]
    fn a_role_of_the_organization_can_be_assumed_and_no_other() {
        let document = of(BoundaryContent::Services(vec!["s3".to_owned()])).unwrap();
        assert_eq!(
            statement(&document, "LandfallAssume"),
            json!({
                "Sid": "LandfallAssume", "Effect": "Allow", "Action": "sts:AssumeRole",
                "Resource": "arn:aws:iam::*:role/acme/*",
                "Condition": { "StringEquals": { "aws:ResourceOrgID": "o-a1b2c3d4e5" } },
            })
        );
        assert_eq!(
            statement(&document, "LandfallInside"),
            json!({
                "Sid": "LandfallInside", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*",
                "Condition": { "StringNotEquals": { "aws:ResourceOrgID": "o-a1b2c3d4e5" } },
            })
        );
    }

    #[test]
    fn what_the_user_wrote_stands_first_and_word_for_word() {
        let foundation = acme();
        for one in foundation.boundaries.values() {
            let BoundaryContent::Policy(text) = &one.content else { continue };
            let document = boundary(&Estate::of(&foundation), one).unwrap();
            let written = text.json["Statement"].as_array().unwrap();
            let json = plain(&document);
            assert_eq!(json["Statement"].as_array().unwrap()[..written.len()], written[..], "{}", one.name);
        }
    }

    #[test]
    fn forty_services_fit() {
        let services = (0..40).map(|number| format!("longservicename{number:02}")).collect();
        let document = of(BoundaryContent::Services(services)).unwrap();
        assert!(managed_policy_use(&document).fits(), "{}", document.size());
    }

    #[test]
    fn a_document_that_a_role_cannot_carry_is_refused_with_its_place() {
        let json = json!({
            "Version": "2012-10-17",
            "Statement": { "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*" },
        });
        let place = Place { file: FileId(3), start: 7, end: 9 };
        let error = of(BoundaryContent::Policy(PolicyText { json, place })).unwrap_err();
        assert!(matches!(error, PolicyError::Text { place: at, .. } if at == place), "{error:?}");
        let json = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:*" } });
        assert!(of(BoundaryContent::Policy(PolicyText { json, place })).is_err(), "no resource");
    }
}
