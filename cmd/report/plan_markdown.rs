//! A plan, for pull requests and job summaries: what it reaches first, then who gains what, then the changes, then each
//! statement. The same plan gives the same text, so that a comment that is updated in place stays still.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{AccountName, Kind};
use landfall_plan::{Alteration, IdentityImpact, IdentityKind, Plan, Review, Sort, StepId};

use crate::report::access::{code, gains, is_access, losses};
use crate::report::budget::{Budget, COMMENT};
use crate::report::change::{Change, accounts, causes, changes, headline};
use crate::report::plan_text::{Detail, places, plan_text, totals};
use crate::report::{Paint, count, difference, difference_lines, finding};

/// What stands below every table and list: the totals and the footnotes.
const RESERVED: usize = 4_000;
/// Lines of one diff; a document that is written anew has hundreds.
const LINES: usize = 120;
/// How many accounts of a long list are named.
const NAMES: usize = 6;

/// The plan as Markdown, under the limit of a comment; every step is in it, folded, where that is asked for.
pub(crate) fn plan_markdown(plan: &Plan, reviews: &[Review], detail: Detail, below: &str) -> String {
    let mut out = Budget::new(COMMENT, RESERVED + below.len());
    out.must(&format!("### {}: {}\n", plan.organization, headline(plan)));
    if !plan.is_empty() {
        out.must(&format!("\n{}\n", radius(plan, reviews)));
        access(reviews, &mut out);
        change_table(plan, &mut out);
        details(reviews, &mut out);
    }
    findings(plan, &mut out);
    if detail == Detail::EveryStep && !plan.is_empty() {
        every_step(plan, &mut out);
    }
    out.must(&format!("\n{}\n{below}", totals(plan)));
    out.finish()
}

/// `**Blast radius:** 12 accounts · 2 roles added · 1 role changed, 12 times.`
fn radius(plan: &Plan, reviews: &[Review]) -> String {
    let mut parts = vec![count(accounts(plan.steps.keys()).len(), "account")];
    for (kind, noun) in [(IdentityKind::Role, "role"), (IdentityKind::Policy, "policy")] {
        for (alteration, word) in
            [(Alteration::Added, "added"), (Alteration::Changed, "changed"), (Alteration::Removed, "removed")]
        {
            let (names, standing) = tally(reviews, kind, alteration);
            let times = if standing > names { format!(", {standing} times") } else { String::new() };
            if names > 0 {
                parts.push(format!("{} {word}{times}", count(names, noun)));
            }
        }
    }
    let guardrails = plan.steps.keys().filter(|id| id.sort() == Sort::Guardrail).count();
    if guardrails > 0 {
        parts.push(count(guardrails, "step of guardrails"));
    }
    let unread: usize = reviews.iter().filter(|review| review.impacts.is_err()).count();
    let unread = match unread {
        0 => String::new(),
        some => format!(
            " What {} to roles is not known: the deployed template could not be read.",
            match some {
                1 => "1 change comes".to_owned(),
                more => format!("{more} changes come"),
            }
        ),
    };
    format!("**Blast radius:** {}.{unread}", parts.join(" · "))
}

/// How many different things of a sort there are, and how many times they stand.
fn tally(reviews: &[Review], kind: IdentityKind, alteration: Alteration) -> (usize, usize) {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut standing = 0;
    for (review, impact) in all(reviews).filter(|(_, one)| one.kind == kind && one.alteration == alteration) {
        names.insert(&impact.name);
        standing += review.steps.len();
    }
    (names.len(), standing)
}

fn all(reviews: &[Review]) -> impl Iterator<Item = (&Review, &IdentityImpact)> {
    reviews.iter().flat_map(|review| review.impacts.iter().flatten().map(move |impact| (review, impact)))
}

/// Who gains and who loses what, those first who gain something that was there before.
fn access(reviews: &[Review], out: &mut Budget) {
    let mut rows: BTreeMap<(Alteration, usize), String> = BTreeMap::new();
    for (index, (review, impact)) in all(reviews).enumerate().filter(|(_, (_, impact))| is_access(impact)) {
        let order = match impact.alteration {
            // A role that exists and gains something is what a reviewer must not miss.
            Alteration::Changed => Alteration::Added,
            Alteration::Added => Alteration::Changed,
            Alteration::Removed => Alteration::Removed,
        };
        rows.insert((order, index), row(review, impact));
    }
    if rows.is_empty() {
        if reviews.iter().all(|review| review.impacts.is_ok()) {
            out.must("\nNobody gains or loses access.\n");
        }
        return;
    }
    out.must("\n| who | gains | loses | in |\n|---|---|---|---|\n");
    match out.items(rows.into_values()) {
        0 => {}
        more => out.must(&format!("| … and {} | see the job's log | | |\n", count(more, "more role"))),
    }
}

fn row(review: &Review, impact: &IdentityImpact) -> String {
    let sign = sign(impact.alteration);
    let noun = noun(impact, review);
    let list = |fragments: Vec<String>| {
        const MOST: usize = 12;
        let more = fragments.len().saturating_sub(MOST);
        let mut shown: Vec<String> = fragments.into_iter().take(MOST).map(|one| one.replace('|', "\\|")).collect();
        if more > 0 {
            shown.push(format!("… and {more} more"));
        }
        shown.join("<br>")
    };
    format!(
        "| `{sign}` {noun} {} | {} | {} | {} |\n",
        code(&impact.name),
        list(gains(impact)),
        list(losses(impact)),
        names(&review.accounts())
    )
}

fn noun(impact: &IdentityImpact, review: &Review) -> &'static str {
    match (impact.kind, review.kind) {
        (IdentityKind::Role, _) => "role",
        (_, Some(Kind::SharedPolicy)) => "shared policy",
        _ => "boundary",
    }
}

fn sign(alteration: Alteration) -> char {
    match alteration {
        Alteration::Added => '+',
        Alteration::Changed => '~',
        Alteration::Removed => '-',
    }
}

fn names(accounts: &BTreeSet<&AccountName>) -> String {
    let shown: Vec<&str> = accounts.iter().take(NAMES).map(|name| name.as_str()).collect();
    match accounts.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn change_table(plan: &Plan, out: &mut Budget) {
    out.must("\n| | change | where | why |\n|---|---|---|---|\n");
    let rows = changes(plan).into_iter().map(|(change, ids)| {
        let Change { verb, subject, causes: why, differences } = &change;
        let differences: String = differences.iter().map(|one| format!("<br>{}", cell(one))).collect();
        format!(
            "| `{}` | {} {} | {} | {}{differences} |\n",
            verb.symbol(),
            verb.as_str(),
            cell(subject),
            cell(places(plan, &ids).trim_start_matches(" in ").trim_start_matches(" on ").trim_start_matches(": ")),
            causes(why),
        )
    });
    match out.items(rows) {
        0 => {}
        more => out.must(&format!("| | … and {} | see the job's log | |\n", count(more, "more change"))),
    }
}

/// What differs, folded, what is changed before what is removed or new.
fn details(reviews: &[Review], out: &mut Budget) {
    let order = |review: &&Review| match review.alteration {
        Alteration::Changed => 0,
        Alteration::Removed => 1,
        Alteration::Added => 2,
    };
    let mut sorted: Vec<&Review> = reviews.iter().collect();
    sorted.sort_by_key(order);
    let left_out = out.items(sorted.into_iter().filter_map(folded));
    if left_out > 0 {
        out.must(&format!(
            "\n… and {} whose statements are not shown here; `landfall plan --format json` has all of it\n",
            count(left_out, "more stack")
        ));
    }
}

fn folded(review: &Review) -> Option<String> {
    let what = match review.steps.first()? {
        StepId::Stack(key) => format!("stack {}", key.name),
        _ => "what stands in IAM".to_owned(),
    };
    let body = match &review.impacts {
        Err(reason) => format!("\n{}\n", cell(reason)),
        Ok(impacts) if impacts.is_empty() => return None,
        Ok(impacts) => impacts.iter().map(diff).collect(),
    };
    let sign = sign(review.alteration);
    Some(format!(
        "\n<details><summary><code>{sign}</code> {} in {}</summary>\n{body}\n</details>\n",
        cell(&what),
        count(review.accounts().len(), "account")
    ))
}

/// The differences of one role or policy: `-` goes, `+` comes.
fn diff(impact: &IdentityImpact) -> String {
    let mut lines = Vec::new();
    for one in &impact.differences {
        let what = match impact.alteration {
            // Everything of it differs, since nothing stands yet.
            Alteration::Added => format!("{} is new", impact.name),
            Alteration::Changed | Alteration::Removed => difference(one),
        };
        lines.push(format!("@@ {what} @@"));
        lines.extend(difference_lines(Paint::Plain, one).into_iter().map(|line| line.replace("````", "`` ``")));
    }
    if impact.alteration == Alteration::Removed {
        lines.push(format!("- {}", impact.name));
    }
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    if more > 0 {
        lines.push(format!("@@ … and {} @@", count(more, "more line")));
    }
    format!("\n````diff\n{}\n````\n", lines.join("\n"))
}

fn findings(plan: &Plan, out: &mut Budget) {
    if plan.findings.is_empty() {
        return;
    }
    out.must("\n**Seen, and left alone**\n\n");
    let items = plan.findings.iter().map(|one| {
        let (what, next) = finding(one);
        let next = next.map(|next| format!(" ({next})")).unwrap_or_default();
        format!("- {}{next}\n", cell(&what))
    });
    match out.items(items) {
        0 => {}
        more => out.must(&format!("- … and {more} more; `--format json` has all of them\n")),
    }
}

fn every_step(plan: &Plan, out: &mut Budget) {
    let text = plan_text(Paint::Plain, plan, Detail::EveryStep);
    out.must("\n<details><summary>Every step</summary>\n\n````text\n");
    let left_out = out.items(text.lines().map(|line| [line, "\n"].concat()));
    if left_out > 0 {
        out.must(&format!("… and {}\n", count(left_out, "more line")));
    }
    out.must("````\n\n</details>\n");
}

/// Text that cannot end a table's cell or begin HTML.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace('\n', " ")
}
