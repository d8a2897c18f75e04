//! `cross_account:`

use crate::read::conditions::{conditions, external_id};
use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::references::role_reference;
use crate::read::scalar::{each, filled_list};
use crate::read::sections::{Names, items, role_parts};
use crate::read::values::{account_id, max_session};
use crate::{CrossAccount, Diagnostic, Trusted, codes};

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: Option<&Node>) -> Vec<CrossAccount> {
    let mut names = Names::of_stacks();
    items(cx, node, "name", |cx, node| role(cx, known, &mut names, node))
}

fn role(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<CrossAccount> {
    let mut fields = Fields::of(cx, node, "a cross-account role")?;
    let parts = role_parts(cx, known, &mut fields, names, "name");
    let help = "say who may assume it: `trusted: [{ role: ACCOUNT/NAME }]`, `account` or `external_account`";
    let trusted = fields.required("trusted", help).and_then(|node| {
        filled_list(cx, node)?;
        Some(each(cx, node, |cx, item| trusted(cx, known, item)))
    });
    let conditions = conditions(cx, &mut fields);
    let max_session = max_session(cx, fields.optional("max_session"));
    fields.finish(cx);
    Some(CrossAccount {
        name: parts.name?,
        accounts: parts.accounts?,
        trusted: trusted?,
        boundary: parts.boundary?,
        access: parts.access,
        conditions,
        max_session,
        place: parts.place,
    })
}

fn trusted(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<Trusted> {
    let mut fields = Fields::of(cx, node, "an entry of `trusted`")?;
    let found = fields.exactly_one(cx, &["role", "account", "external_account"]);
    let id_node = fields.optional("external_id");
    let id = id_node.map(|node| external_id(cx, node));
    fields.finish(cx);
    let (key, value) = found?;
    if let Some(id_node) = id_node
        && key != "external_account"
    {
        cx.report(
            Diagnostic::error(codes::KEY_NEEDS_ANOTHER, id_node.place, "`external_id` belongs to `external_account`")
                .help("inside the organization it adds nothing; a condition on it stands under `conditions:`"),
        );
    }
    let place = value.place;
    match key {
        "role" => role_reference(cx, known, value).map(Trusted::Role),
        "account" => known.account(cx, value).map(|account| Trusted::Account { account, place }),
        _ => {
            let account = account_id(cx, value);
            let Some(id) = id else {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, place, "an external account needs `external_id`")
                        .label("without one the vendor's other customers may come in")
                        .help("write `external_id:` as agreed with the vendor"),
                );
                return None;
            };
            Some(Trusted::External { account: account?, external_id: id?, place })
        }
    }
}
