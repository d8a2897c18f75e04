//! `break_glass:`

use std::time::Duration;

use crate::read::context::Context;
use crate::read::fields::{Fields, entries};
use crate::read::known::Known;
use crate::read::node::{Entry, Node};
use crate::read::scalar::{filled_list, word};
use crate::read::sections::{Names, accounts};
use crate::read::values::{duration, email, from_text, max_session, name, region};
use crate::{Alarm, BreakGlass, Diagnostic, ItemName, Tier, TierAccess, UserName, codes};

const ACCESS: &[(&str, TierAccess)] =
    &[("read-only", TierAccess::ReadOnly), ("administrator", TierAccess::Administrator)];

/// An MFA that is older than this proves little; the shortest is what a person needs to type a code.
const MFA_MAX_AGE: Duration = Duration::from_secs(15 * 60);
const MINUTE: Duration = Duration::from_secs(60);
const HALF_DAY: Duration = Duration::from_secs(12 * 3600);

pub(crate) fn read(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<BreakGlass> {
    let mut fields = Fields::of(cx, node, "`break_glass`")?;
    let home = fields.required("home", "name the account where people arrive when everything else is down");
    let place = home.map_or(node.place, |home| home.place);
    let home = home.and_then(|node| known.account(cx, node));
    let users = fields.required("trusted_users", "list IAM users of the home account, each with an MFA device");
    let trusted_users = users.and_then(|node| users_of(cx, node));
    let accounts = accounts(cx, known, &mut fields);
    let max_session = max_session(cx, fields.optional("max_session"));
    let age = fields.optional("mfa_max_age");
    let mfa_max_age = age.and_then(|node| duration(cx, node, MINUTE, HALF_DAY)).unwrap_or(MFA_MAX_AGE);
    let tiers = fields.required("tiers", "write at least one: `tiers: { responder: { access: administrator } }`");
    let tiers = tiers.and_then(|node| tiers_of(cx, node));
    let alarm = fields.section("alarm").and_then(|node| alarm(cx, node));
    fields.finish(cx);
    Some(BreakGlass {
        home: home?,
        trusted_users: trusted_users?,
        accounts: accounts?,
        max_session,
        mfa_max_age,
        tiers: tiers?,
        alarm,
        place,
    })
}

fn users_of(cx: &mut Context<'_>, node: &Node) -> Option<Vec<UserName>> {
    let items = filled_list(cx, node)?;
    let mut users: Vec<UserName> = Vec::new();
    for item in items {
        let Some(user) = name::<UserName>(cx, item) else { continue };
        if users.contains(&user) {
            let message = format!("`{user}` is listed twice");
            cx.report(Diagnostic::error(codes::REPEATED, item.place, message).help("take one out"));
        } else {
            users.push(user);
        }
    }
    Some(users)
}

fn tiers_of(cx: &mut Context<'_>, node: &Node) -> Option<Vec<Tier>> {
    let list = entries(cx, node)?;
    if list.is_empty() {
        cx.report(Diagnostic::error(codes::EMPTY_LIST, node.place, "there is no tier").help("write at least one"));
        return None;
    }
    let mut names = Names::of_resources();
    Some(list.iter().filter_map(|entry| tier(cx, &mut names, entry)).collect())
}

fn tier(cx: &mut Context<'_>, names: &mut Names, entry: &Entry) -> Option<Tier> {
    let name: Option<ItemName> = from_text(cx, &entry.key, entry.key_place, codes::NAME);
    let name = name.filter(|name| names.claim(cx, name.as_str(), entry.key_place));
    let mut fields = Fields::of(cx, &entry.value, "a tier")?;
    let access = fields.required("access", "write `access: read-only` or `administrator`");
    let access = access.and_then(|node| word(cx, node, ACCESS));
    fields.finish(cx);
    if name.is_none() || access.is_none() {
        cx.dropped.push(entry.key.clone());
    }
    Some(Tier { name: name?, access: access?, place: entry.key_place })
}

fn alarm(cx: &mut Context<'_>, node: &Node) -> Option<Alarm> {
    let mut fields = Fields::of(cx, node, "`alarm`")?;
    let address = fields.required("email", "write who is told of every use").and_then(|node| email(cx, node));
    let help = "list every Region whose STS endpoint people may use, us-east-1 among them";
    let regions = fields.required("regions", help).and_then(|node| {
        let items = filled_list(cx, node)?;
        let mut regions = Vec::new();
        for item in items {
            let Some(region) = region(cx, item) else { continue };
            if regions.contains(&region) {
                let message = format!("`{region}` is listed twice");
                cx.report(Diagnostic::error(codes::REPEATED, item.place, message).help("take one out"));
            } else {
                regions.push(region);
            }
        }
        Some(regions)
    });
    fields.finish(cx);
    Some(Alarm { email: address?, regions: regions? })
}
