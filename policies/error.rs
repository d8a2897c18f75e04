//! Why a document cannot be written.

use landfall_model::{NameError, Place, PolicyText};

use crate::{Document, DocumentError, Principals, Resources, Statement};

/// Why a document cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// What the user wrote is no IAM policy.
    #[error("this is no IAM policy that a role can carry")]
    Text {
        /// Where it stands or is referenced.
        place: Place,
        /// What is wrong with it.
        #[source]
        error: DocumentError,
    },
    /// An immutable subject lacks the ids that it is made of.
    #[error("the immutable subject of {owner}/{repository} is made of ids: give owner_id and repository_id")]
    Subject {
        /// The owner.
        owner: String,
        /// The repository.
        repository: String,
    },
    /// A name that Landfall gives is too long.
    #[error("a name that follows from the configuration is none that AWS takes")]
    Name(#[from] NameError),
}

/// Parses a raw statement that stands in an identity policy: it has a resource and no principal.
pub(crate) fn identity_statement(text: &PolicyText) -> Result<Statement, PolicyError> {
    let statement =
        Statement::parse(&text.json, "statement").map_err(|error| PolicyError::Text { place: text.place, error })?;
    check(&statement, "statement").map_err(|error| PolicyError::Text { place: text.place, error })?;
    Ok(statement)
}

/// Parses a whole identity policy.
pub(crate) fn identity_document(text: &PolicyText) -> Result<Document, PolicyError> {
    let placed = |error| PolicyError::Text { place: text.place, error };
    let document = Document::parse(&text.json).map_err(placed)?;
    for statement in &document.statements {
        check(statement, "Statement").map_err(placed)?;
    }
    Ok(document)
}

fn check(statement: &Statement, path: &str) -> Result<(), DocumentError> {
    let refuse = |wanted: &str| Err(DocumentError::Shape { path: path.to_owned(), wanted: wanted.to_owned() });
    if statement.principals != Principals::Implied {
        return refuse("a role's own policy has no principal: it stands on its principal");
    }
    if statement.resources == Resources::Implied {
        return refuse("Resource or NotResource is wanted");
    }
    Ok(())
}
