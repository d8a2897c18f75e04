//! `automation:`

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::github;
use crate::read::install::install;
use crate::read::node::Node;
use crate::read::scalar::{boolean, text, word};
use crate::read::suggest::clip;
use crate::{Automation, CodeScanning, Diagnostic, DriftWatch, GithubSubject, Install, Remediate, Schedule, codes};

/// Until when GitHub offers an image of that name is in its hands; `ubuntu-latest` would change by itself.
const RUNNER: &str = "ubuntu-24.04";

const REMEDIATE: &[(&str, Remediate)] = &[("none", Remediate::Nothing), ("repairable", Remediate::Repairable)];

pub(crate) fn read(cx: &mut Context<'_>, node: &Node) -> Option<Automation> {
    let mut fields = Fields::of(cx, node, "`automation`")?;
    let help = "write `github: { repository: OWNER/REPOSITORY, environment: NAME }`";
    let github_node = fields.required("github", help);
    let github = github_node.and_then(|node| github::trust(cx, node));
    let branch = fields.optional("branch").map_or(Some("main".to_owned()), |node| github::exact(cx, node, "branch"));
    let runner = fields.optional("runner").map_or(Some(RUNNER.to_owned()), |node| runner(cx, node));
    let install = fields.optional("install").map_or_else(|| Some(Install::default()), |node| install(cx, node));
    let drift = fields.optional("drift").map_or_else(|| Some(DriftWatch::default()), |node| drift(cx, node));
    let scanning = fields.optional("code_scanning").map_or(Some(true), |node| boolean(cx, node));
    fields.finish(cx);
    let (github, place) = (github?, github_node?.place);
    if !matches!(github.subject, GithubSubject::Environment(_)) {
        cx.report(
            Diagnostic::error(codes::EXACTLY_ONE, place, "Landfall's own apply role is bound to an environment")
                .help("write `environment: NAME`, and protect that environment with required reviewers"),
        );
        return None;
    }
    Some(Automation {
        github,
        branch: branch?,
        runner: runner?,
        install: install?,
        drift: drift?,
        code_scanning: if scanning? { CodeScanning::On } else { CodeScanning::Off },
        place,
    })
}

fn drift(cx: &mut Context<'_>, node: &Node) -> Option<DriftWatch> {
    let mut fields = Fields::of(cx, node, "`drift`")?;
    let default = DriftWatch::default();
    let when = fields.optional("schedule").map_or(Some(default.schedule), |node| schedule(cx, node));
    let what = fields.optional("remediate").map_or(Some(default.remediate), |node| word(cx, node, REMEDIATE));
    fields.finish(cx);
    Some(DriftWatch { schedule: when?, remediate: what? })
}

fn schedule(cx: &mut Context<'_>, node: &Node) -> Option<Schedule> {
    let text = text(cx, node)?;
    Schedule::new(&clip(text)).and_then(|_| Schedule::new(text)).map_or_else(
        |error| {
            cx.report(
                Diagnostic::error(codes::SCHEDULE, node.place, error.to_string())
                    .help("minute, hour, day of the month, month, day of the week, in UTC: \"17 4 * * *\""),
            );
            None
        },
        Some,
    )
}

/// A label of runners. Source: GitHub Docs, "Using labels with self-hosted runners".
fn runner(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !text.is_empty() && text.len() <= 256 && text.bytes().all(allowed) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::IDENTIFIER, node.place, format!("`{}` is no label of a runner", clip(text)))
            .help(format!("one label of letters, digits, `-`, `_` and `.`: `{RUNNER}`")),
    );
    None
}

impl Default for DriftWatch {
    fn default() -> Self {
        Self { schedule: Schedule::nightly(), remediate: Remediate::Nothing }
    }
}
