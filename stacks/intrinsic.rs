//! Text with holes as CloudFormation's intrinsic functions.

use std::cell::RefCell;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use landfall_model::{Account, AccountName, ORGANIZATION_PARAMETER, account_parameter};
use landfall_policies::{Piece, Render, Text};
use serde_json::{Value, json};

use crate::ParameterSource;

/// Two accounts whose names make the same parameter, such as `ml-prod` and `mlProd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParameterClash {
    pub(crate) parameter: String,
    pub(crate) first: AccountName,
    pub(crate) second: AccountName,
}

/// Renders text into `Fn::Sub` and `Ref`, and notes the parameters that this takes.
pub(crate) struct Intrinsics<'a> {
    accounts: &'a IndexMap<AccountName, Account>,
    used: RefCell<Used>,
}

/// What the text of a template came to need.
#[derive(Debug, Default)]
pub(crate) struct Used {
    pub(crate) parameters: BTreeMap<String, ParameterSource>,
    pub(crate) clashes: Vec<ParameterClash>,
}

impl<'a> Intrinsics<'a> {
    /// A renderer for an organization of these accounts.
    pub(crate) fn new(accounts: &'a IndexMap<AccountName, Account>) -> Self {
        Self { accounts, used: RefCell::default() }
    }

    /// What was used.
    pub(crate) fn finish(self) -> Used {
        self.used.into_inner()
    }

    fn hole(&self, piece: &Piece) -> Hole {
        match piece {
            Piece::Literal(text) => Hole::Literal(text.clone()),
            Piece::Partition => Hole::Name("AWS::Partition".to_owned()),
            Piece::Account => Hole::Name("AWS::AccountId".to_owned()),
            Piece::Region => Hole::Name("AWS::Region".to_owned()),
            Piece::Organization => {
                let name = ORGANIZATION_PARAMETER.to_owned();
                self.used.borrow_mut().parameters.insert(name.clone(), ParameterSource::Organization);
                Hole::Name(name)
            }
            Piece::AccountOf(account) => match self.accounts.get(account).and_then(|known| known.id.as_ref()) {
                Some(id) => Hole::Literal(id.as_str().to_owned()),
                None => Hole::Name(self.account_parameter(account)),
            },
        }
    }

    fn account_parameter(&self, account: &AccountName) -> String {
        let name = account_parameter(account);
        let source = ParameterSource::Account(account.clone());
        let used = &mut *self.used.borrow_mut();
        match used.parameters.insert(name.clone(), source) {
            Some(ParameterSource::Account(first)) if first != *account => {
                used.clashes.push(ParameterClash { parameter: name.clone(), first, second: account.clone() });
            }
            _ => {}
        }
        name
    }
}

enum Hole {
    Literal(String),
    Name(String),
}

impl Hole {
    /// `Fn::Sub` has an escape for whole variables only: a `${` that nothing closes must not come near it.
    fn can_be_escaped(&self) -> bool {
        match self {
            Self::Name(_) => true,
            Self::Literal(text) => text.split("${").skip(1).all(|after| {
                let end = after.find(['$', '{', '}']);
                end.is_some_and(|end| after[end..].starts_with('}'))
            }),
        }
    }
}

impl Render for Intrinsics<'_> {
    fn text(&self, text: &Text) -> Value {
        let parts: Vec<Hole> = text.pieces().iter().map(|piece| self.hole(piece)).collect();
        if let [Hole::Name(name)] = parts.as_slice() {
            return json!({ "Ref": name });
        }
        if parts.iter().all(|part| matches!(part, Hole::Literal(_))) {
            let literal = parts.into_iter().map(|part| match part {
                Hole::Literal(text) | Hole::Name(text) => text,
            });
            return Value::String(literal.collect());
        }
        if !parts.iter().all(Hole::can_be_escaped) {
            let part = |part: Hole| match part {
                Hole::Literal(text) => Value::String(text),
                Hole::Name(name) => json!({ "Ref": name }),
            };
            return json!({ "Fn::Join": ["", parts.into_iter().map(part).collect::<Vec<_>>()] });
        }
        let mut sub = String::new();
        for part in parts {
            match part {
                // Inside of Fn::Sub, and only there, an IAM policy variable must not look like a parameter.
                Hole::Literal(text) => sub.push_str(&text.replace("${", "${!")),
                Hole::Name(name) => {
                    sub.push_str("${");
                    sub.push_str(&name);
                    sub.push('}');
                }
            }
        }
        json!({ "Fn::Sub": sub })
    }
}

#[cfg(test)]
mod tests {
    use landfall_model::{AccountId, OrganizationId, Partition, Region, StackName};
    use landfall_policies::{ArnAccount, Scope, iam_arn};
    use proptest::prelude::*;

    use super::*;
    use crate::tests::sample;
    use crate::{TemplateScope, evaluate};

    fn render(text: &Text) -> (String, Vec<String>) {
        let foundation = sample::foundation(&["known"], &["new-one"]);
        let intrinsics = Intrinsics::new(&foundation.accounts);
        let json = intrinsics.text(text).to_string();
        (json, intrinsics.finish().parameters.into_keys().collect())
    }

    #[test]
    fn text_without_holes_stays_a_string() {
        assert_eq!(render(&"home/${aws:username}/*".into()), ("\"home/${aws:username}/*\"".to_owned(), vec![]));
    }

    #[test]
    fn policy_variables_are_escaped_inside_of_sub_only() {
        let text = Text::literal("arn:").hole(Piece::Partition).then(":s3:::b/${aws:username}/*");
        assert_eq!(render(&text).0, r#"{"Fn::Sub":"arn:${AWS::Partition}:s3:::b/${!aws:username}/*"}"#);
    }

    #[test]
    fn what_cannot_be_escaped_is_joined() {
        let text = Text::literal("a${").hole(Piece::Account).then("}");
        assert_eq!(render(&text).0, r#"{"Fn::Join":["",["a${",{"Ref":"AWS::AccountId"},"}"]]}"#);
    }

    fn any_text() -> impl Strategy<Value = Text> {
        let piece = prop_oneof![
            "[a-z$!{}:]{0,6}".prop_map(Piece::Literal),
            Just(Piece::Literal("${aws:username}".to_owned())),
            Just(Piece::Partition),
            Just(Piece::Account),
            Just(Piece::Region),
            Just(Piece::Organization),
            prop_oneof!["known", "new-one"].prop_map(|name| Piece::AccountOf(AccountName::new(name).unwrap())),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| {
            pieces.into_iter().fold(Text::default(), |text, piece| match piece {
                Piece::Literal(literal) => text.then(literal),
                hole => text.hole(hole),
            })
        })
    }

    proptest! {
        /// What a template says in an account is what the text says there.
        #[test]
        fn rendering_and_evaluating_is_resolving(text in any_text()) {
            let foundation = sample::foundation(&["known"], &["new-one"]);
            let intrinsics = Intrinsics::new(&foundation.accounts);
            let subject = intrinsics.text(&text);
            let parameters: serde_json::Map<String, Value> =
                intrinsics.finish().parameters.into_keys().map(|name| (name, json!({ "Type": "String" }))).collect();
            let template = json!({
                "Parameters": parameters,
                "Resources": { "Subject": { "Type": "AWS::Test", "Properties": { "Text": subject } } },
            });
            let id = |digits: &str| AccountId::new(digits).unwrap();
            let scope = Scope {
                partition: Partition::Aws,
                region: Region::new("eu-west-1").unwrap(),
                account: id("111122223333"),
                organization: OrganizationId::new("o-a1b2c3d4e5").unwrap(),
                accounts: BTreeMap::from([
                    (AccountName::new("known").unwrap(), id("100000000000")),
                    (AccountName::new("new-one").unwrap(), id("444455556666")),
                ]),
            };
            let template_scope = TemplateScope {
                partition: scope.partition,
                region: scope.region.clone(),
                account: scope.account.clone(),
                stack: StackName::new("acme-x").unwrap(),
                parameters: BTreeMap::from([
                    ("NewOneAccountId".to_owned(), "444455556666".to_owned()),
                    ("OrganizationId".to_owned(), "o-a1b2c3d4e5".to_owned()),
                ]),
            };
            let evaluated = evaluate(&template, &template_scope).unwrap();
            let found = evaluated["Resources"]["Subject"]["Properties"]["Text"].as_str().unwrap();
            prop_assert_eq!(found, scope.resolve(&text).unwrap());
        }
    }

    #[test]
    fn a_lone_hole_is_a_ref() {
        assert_eq!(render(&Text::piece(Piece::Account)).0, r#"{"Ref":"AWS::AccountId"}"#);
        assert_eq!(
            render(&Text::piece(Piece::Organization)),
            (r#"{"Ref":"OrganizationId"}"#.to_owned(), vec!["OrganizationId".to_owned()])
        );
    }

    #[test]
    fn a_known_account_is_a_literal_and_an_unknown_one_a_parameter() -> Result<(), landfall_model::NameError> {
        let known = iam_arn(ArnAccount::Of(AccountName::new("known")?), "root");
        assert_eq!(
            render(&known),
            (r#"{"Fn::Sub":"arn:${AWS::Partition}:iam::100000000000:root"}"#.to_owned(), vec![])
        );
        let unknown = iam_arn(ArnAccount::Of(AccountName::new("new-one")?), "root");
        assert_eq!(
            render(&unknown),
            (
                r#"{"Fn::Sub":"arn:${AWS::Partition}:iam::${NewOneAccountId}:root"}"#.to_owned(),
                vec!["NewOneAccountId".to_owned()]
            )
        );
        Ok(())
    }
}
