//! A policy of a role, in all accounts in which it is the same.

use std::borrow::Cow;
use std::sync::OnceLock;

use landfall_model::Place;
use landfall_policies::lint::covers_action;
use landfall_policies::{
    Compiled, Document, Effect, Piece, Principal, Principals, Resources, Text, aws_policies, aws_policy_name,
};

use crate::estate::OWN;

/// Whose policy it is that a role has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Written for this role: an inline policy.
    Role,
    /// A managed policy of the organization's.
    Organization,
    /// A managed policy of AWS's own that the user chose.
    Aws,
    /// A managed policy of AWS's own that Landfall attaches, because the service that assumes the role needs it, or
    /// because it is a role of Landfall's.
    Required,
}

/// Where the compiled form comes from.
#[derive(Debug)]
enum Form {
    /// The program's own list.
    Aws(&'static Compiled),
    /// The same in every account.
    Shared(OnceLock<Compiled>),
    /// The account's id is in it.
    PerAccount,
}

/// A policy that a role has: its own, its boundary or its trust.
#[derive(Debug)]
pub struct Policy {
    name: String,
    author: Author,
    document: Cow<'static, Document>,
    place: Option<Place>,
    form: Form,
}

impl Policy {
    /// A policy of the organization's; what is [`OWN`] in it is the id of the account in which the role stands.
    pub(crate) fn new(name: &str, author: Author, document: Document, place: Option<Place>) -> Self {
        let (document, own) = with_holes(document);
        let form = if own { Form::PerAccount } else { Form::Shared(OnceLock::new()) };
        Self { name: name.to_owned(), author, document: Cow::Owned(document), place, form }
    }

    /// A policy of AWS's own by its ARN.
    pub(crate) fn aws(arn: &str, author: Author) -> Option<Self> {
        let (partition, name) = aws_policy_name(arn)?;
        let policy = aws_policies().policy(name)?;
        let (document, compiled) = (policy.document(partition)?, policy.compiled(partition)?);
        let (document, form) = (Cow::Borrowed(document), Form::Aws(compiled));
        Some(Self { name: name.to_owned(), author, document, place: None, form })
    }

    /// Its name; of a managed policy of AWS's the name with its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose it is.
    pub fn author(&self) -> Author {
        self.author
    }

    /// What it says.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Where the user wrote it, if it comes from one place.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place
    }

    /// Ready to be asked in an account; `slot` keeps what only that account has.
    pub(crate) fn compiled<'a>(&'a self, slot: &'a OnceLock<Compiled>, account: &str) -> &'a Compiled {
        match &self.form {
            Form::Aws(compiled) => compiled,
            Form::Shared(shared) => shared.get_or_init(|| Compiled::plain(&self.name, &self.document)),
            Form::PerAccount => slot.get_or_init(|| {
                let mut document = self.document.clone().into_owned();
                texts(&mut document, |text| *text = filled(text, account));
                Compiled::plain(&self.name, &document)
            }),
        }
    }

    /// Whether some statement gives an action, on whatever and under whichever conditions.
    pub(crate) fn may_give(&self, action: &str) -> bool {
        self.document.statements.iter().any(|one| one.effect == Effect::Allow && covers_action(one, action))
    }
}

/// The document with holes where the account's own id stood, and whether there are any.
fn with_holes(mut document: Document) -> (Document, bool) {
    let mut found = false;
    texts(&mut document, |text| {
        if let Some(literal) = text.as_literal().filter(|literal| literal.contains(OWN)) {
            let mut parts = literal.split(OWN);
            let first = Text::literal(parts.next().unwrap_or_default());
            *text = parts.fold(first, |text, part| text.hole(Piece::Account).then(part));
            found = true;
        }
    });
    (document, found)
}

/// A text with an account's id in its holes.
pub(crate) fn filled(text: &Text, account: &str) -> Text {
    text.pieces().iter().fold(Text::default(), |out, piece| match piece {
        Piece::Literal(literal) => out.then(literal),
        Piece::Account => out.then(account),
        other => out.hole(other.clone()),
    })
}

/// Every text of a document.
fn texts(document: &mut Document, mut act: impl FnMut(&mut Text)) {
    for statement in &mut document.statements {
        if let Resources::Only(list) | Resources::Except(list) = &mut statement.resources {
            list.iter_mut().for_each(&mut act);
        }
        for condition in &mut statement.conditions {
            condition.values.iter_mut().for_each(&mut act);
        }
        if let Principals::Only(list) | Principals::Except(list) = &mut statement.principals {
            for principal in list {
                if let Principal::Aws(text) | Principal::Federated(text) = principal {
                    act(text);
                }
            }
        }
    }
}
