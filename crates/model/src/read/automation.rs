//! `automation:`

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::github;
use crate::read::node::Node;
use crate::{Automation, Diagnostic, GithubSubject, codes};

pub(crate) fn read(cx: &mut Context<'_>, node: &Node) -> Option<Automation> {
    let mut fields = Fields::of(cx, node, "`automation`")?;
    let help = "write `github: { repository: OWNER/REPOSITORY, environment: NAME }`";
    let github_node = fields.required("github", help);
    let github = github_node.and_then(|node| github::trust(cx, node));
    fields.finish(cx);
    let (github, place) = (github?, github_node?.place);
    if !matches!(github.subject, GithubSubject::Environment(_)) {
        cx.report(
            Diagnostic::error(codes::EXACTLY_ONE, place, "Landfall's own apply role is bound to an environment")
                .help("write `environment: NAME`, and protect that environment with required reviewers"),
        );
        return None;
    }
    Some(Automation { github, place })
}
