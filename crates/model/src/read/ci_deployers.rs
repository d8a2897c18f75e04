//! `ci_deployers:`

use crate::CiDeployer;
use crate::read::conditions::conditions;
use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::github;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::sections::{Names, items, role_parts};

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: Option<&Node>) -> Vec<CiDeployer> {
    let mut names = Names::of_stacks();
    items(cx, node, "name", |cx, node| deployer(cx, known, &mut names, node))
}

fn deployer(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<CiDeployer> {
    let mut fields = Fields::of(cx, node, "a deployer")?;
    let parts = role_parts(cx, known, &mut fields, names, "name");
    let help = "write `github: { repository: OWNER/REPOSITORY, environment: NAME }`";
    let github = fields.required("github", help).and_then(|node| github::trust(cx, node));
    let hub = fields.optional("hub").map(|node| known.account(cx, node));
    let conditions = conditions(cx, &mut fields);
    fields.finish(cx);
    Some(CiDeployer {
        name: parts.name?,
        github: github?,
        hub: hub.map_or(Some(None), |hub| hub.map(Some))?,
        accounts: parts.accounts?,
        boundary: parts.boundary?,
        access: parts.access,
        conditions,
        place: parts.place,
    })
}
