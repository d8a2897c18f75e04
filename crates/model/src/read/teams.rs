//! `teams/*.yaml`

use std::collections::HashMap;

use crate::read::access;
use crate::read::access::{Lead, bucket, refuse, secrets_path};
use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::scalar::{boolean, list, text, word};
use crate::read::sections::{Names, item_name, role_parts};
use crate::{Diagnostic, Job, Place, RoleStrategy, Team, codes};

const STRATEGIES: &[(&str, RoleStrategy)] =
    &[("per-team", RoleStrategy::PerTeam), ("per-job", RoleStrategy::PerJob), ("both", RoleStrategy::Both)];

/// Reads one team's file.
pub(crate) fn read(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<Team> {
    let team = team(cx, known, names, node);
    if team.is_none()
        && let Some(name) = node.peek("team")
    {
        cx.dropped.push(name.to_owned());
    }
    team
}

fn team(cx: &mut Context<'_>, known: &Known, names: &mut Names, node: &Node) -> Option<Team> {
    let mut fields = Fields::of(cx, node, "a team")?;
    let parts = role_parts(cx, known, &mut fields, names, "team");
    let roles = fields.optional("roles").map_or(Some(RoleStrategy::PerTeam), |node| word(cx, node, STRATEGIES));
    let buckets = fields.section("buckets").map(|node| buckets(cx, node)).unwrap_or_default();
    let secrets = fields.optional("secrets").and_then(|node| secrets_path(cx, node, Lead::Slash));
    let jobs = fields.section("jobs").map(|node| jobs(cx, known, node, roles)).unwrap_or_default();
    fields.finish(cx);
    Some(Team {
        name: parts.name?,
        accounts: parts.accounts?,
        boundary: parts.boundary?,
        roles: roles?,
        buckets,
        secrets,
        jobs,
        access: parts.access,
        place: parts.place,
    })
}

fn buckets(cx: &mut Context<'_>, node: &Node) -> Vec<String> {
    let mut seen: HashMap<String, Place> = HashMap::new();
    let mut out = Vec::new();
    for item in list(cx, node).unwrap_or_default() {
        let Some(name) = bucket(cx, item) else { continue };
        if let Some(first) = seen.insert(name.clone(), item.place) {
            cx.report(
                Diagnostic::error(codes::REPEATED, item.place, format!("`{name}` is listed twice"))
                    .label("again here")
                    .related(first, "first here")
                    .help("take one out"),
            );
        } else {
            out.push(name);
        }
    }
    out
}

fn jobs(cx: &mut Context<'_>, known: &Known, node: &Node, roles: Option<RoleStrategy>) -> Vec<Job> {
    let mut names = Names::of_resources();
    let items = list(cx, node).unwrap_or_default();
    items.iter().filter_map(|item| job(cx, known, &mut names, item, roles)).collect()
}

fn job(
    cx: &mut Context<'_>,
    known: &Known,
    names: &mut Names,
    node: &Node,
    roles: Option<RoleStrategy>,
) -> Option<Job> {
    let job = job_of(cx, known, names, node, roles);
    if job.is_none()
        && let Some(name) = node.peek("name")
    {
        cx.dropped.push(name.to_owned());
    }
    job
}

fn job_of(
    cx: &mut Context<'_>,
    known: &Known,
    names: &mut Names,
    node: &Node,
    roles: Option<RoleStrategy>,
) -> Option<Job> {
    let mut fields = Fields::of(cx, node, "a job")?;
    let (name, place) = item_name(cx, &mut fields, names, "name");
    let own_roles = fields.optional("own_roles").and_then(|node| boolean(cx, node)).unwrap_or_default();
    let reason = fields.optional("reason").and_then(|node| text(cx, node).map(str::to_owned));
    let access = access::role_access(cx, known, &mut fields);
    if !own_roles && roles == Some(RoleStrategy::PerTeam) {
        for key in ["access", "statements", "managed_policies"] {
            if let Some(place) = fields.key_place(key) {
                refuse(
                    cx,
                    place,
                    format!("`{key}` of a job whose roles are shared would reach all jobs of the team"),
                    "set `own_roles: true` for a pair of its own, or move it up to the team",
                );
            }
        }
    }
    fields.finish(cx);
    Some(Job { name: name?, own_roles, reason, access, place })
}
