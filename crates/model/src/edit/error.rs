//! Why an edit cannot be made.

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is no YAML or JSON.
    #[error("the file cannot be read any more")]
    Unreadable,
    /// There is no mapping at the place.
    #[error("there is no item at the place")]
    NoItem,
    /// Something is written in a form that an edit cannot go on with.
    #[error("`{0}` is written in a form that cannot be edited by itself")]
    Form(String),
}
