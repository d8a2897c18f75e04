//! Whether batch jobs share their roles: counts, the decision, and the way there.

use std::fmt::Write as _;

use landfall_model::RoleStrategy;
use landfall_plan::{Advice, Leaning, Matrix, Migration, Question, RoleCounts};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::global::Format;
use crate::report::{Paint, Terminal, count};

/// All that is said.
#[derive(Debug)]
pub(crate) struct Strategy {
    /// How many roles each way comes to.
    pub(crate) counts: RoleCounts,
    /// The decision.
    pub(crate) matrix: Matrix,
    /// The ways of teams that have a pair for each job.
    pub(crate) ways: Vec<Migration>,
}

/// Shows it.
pub(crate) fn strategy(terminal: &Terminal, strategy: &Strategy) -> Result<(), CommandError> {
    terminal.data(&match terminal.format {
        Format::Human => text(terminal.out, strategy),
        Format::Markdown => format!("```text\n{}```\n", text(Paint::Plain, strategy)),
        Format::Json | Format::Sarif => format!("{:#}\n", to_json(strategy)),
    })
}

/// `per-team 4, per-job 12, hybrid 8; configured 8, which stand 14 times`
pub(crate) fn counts_in_words(counts: &RoleCounts) -> String {
    format!(
        "per-team {}, per-job {}, hybrid {}; configured {}, standing {} times in all accounts",
        counts.per_team, counts.per_job, counts.hybrid, counts.configured, counts.standing
    )
}

/// The counts, for programs.
pub(crate) fn counts_json(counts: &RoleCounts) -> Value {
    json!({
        "per_team": counts.per_team,
        "per_job": counts.per_job,
        "hybrid": counts.hybrid,
        "configured": counts.configured,
        "standing": counts.standing,
    })
}

fn text(paint: Paint, strategy: &Strategy) -> String {
    let mut out = format!("{} {}\n\n", paint.bold("Batch roles:"), counts_in_words(&strategy.counts));
    for row in &strategy.matrix.rows {
        let _ = writeln!(out, "  {:<40} {:<34} {}", question(row.question), row.answer, leaning(row.leaning));
    }
    for (team, decision) in &strategy.matrix.teams {
        let _ = writeln!(out, "\n{} {}", paint.bold(format!("{team}:")), advice(&decision.advice));
        for evidence in &decision.evidence {
            let _ = writeln!(out, "  because {evidence}");
        }
        if let Some(way) = strategy.ways.iter().find(|way| way.team == *team) {
            match &decision.advice {
                Advice::PerJob => {}
                Advice::PerTeam | Advice::Hybrid(_) => walk(way, &mut out),
            }
        }
    }
    out
}

fn walk(way: &Migration, out: &mut String) {
    let accounts: Vec<&str> = way.accounts.iter().map(|account| account.as_str()).collect();
    let [execution, role] = &way.make;
    let done = if way.now == RoleStrategy::Both { " (done)" } else { "" };
    let _ = writeln!(out, "  The way there, in {}:", accounts.join(", "));
    let _ =
        writeln!(out, "  1. write `roles: both` and apply: {execution} and {role} are made beside the others{done}");
    let _ = writeln!(out, "  2. move the job definitions, one by one, and run each once:");
    for one in &way.moves {
        let _ = writeln!(
            out,
            "       {:<24} executionRoleArn: {} -> {}",
            one.job.as_str(),
            one.execution.0,
            one.execution.1
        );
        let _ = writeln!(out, "       {:<24} jobRoleArn:       {} -> {}", "", one.role.0, one.role.1);
        if one.access_to_move_up {
            let _ = writeln!(
                out,
                "       {:<24} first move its `access:` up to the team, or give it `own_roles: true`",
                ""
            );
        }
    }
    for job in &way.stay {
        let _ = writeln!(out, "       {:<24} keeps its own pair: write `own_roles: true`", job.as_str());
    }
    let _ = writeln!(
        out,
        "  3. only when no job definition names them: write `roles: per-team` and apply; {} go",
        count(way.prune.len(), "role")
    );
}

fn to_json(strategy: &Strategy) -> Value {
    let rows: Vec<Value> = strategy
        .matrix
        .rows
        .iter()
        .map(|row| {
            json!({ "question": question(row.question), "answer": row.answer, "speaks_for": leaning(row.leaning) })
        })
        .collect();
    let teams: Vec<Value> = strategy
        .matrix
        .teams
        .iter()
        .map(|(team, decision)| {
            let alone: &[_] = match &decision.advice {
                Advice::Hybrid(alone) => alone,
                Advice::PerTeam | Advice::PerJob => &[],
            };
            json!({
                "team": team,
                "advice": word(&decision.advice),
                "own_roles": alone,
                "because": decision.evidence.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    let ways: Vec<Value> = strategy
        .ways
        .iter()
        .map(|way| {
            let moves: Vec<Value> = way
                .moves
                .iter()
                .map(|one| {
                    json!({
                        "job": one.job,
                        "execution_role": { "from": one.execution.0, "to": one.execution.1 },
                        "job_role": { "from": one.role.0, "to": one.role.1 },
                        "access_to_move_up": one.access_to_move_up,
                    })
                })
                .collect();
            json!({
                "team": way.team, "accounts": way.accounts, "make": way.make, "moves": moves, "stay": way.stay,
                "prune": way.prune,
            })
        })
        .collect();
    json!({
        "schema": "landfall/strategy/1",
        "role_counts": counts_json(&strategy.counts),
        "matrix": rows,
        "teams": teams,
        "migrations": ways,
    })
}

fn question(question: Question) -> &'static str {
    match question {
        Question::Teams => "How many teams?",
        Question::Jobs => "How many jobs?",
        Question::Similarity => "Are the jobs' permissions alike?",
        Question::Compliance => "Which compliance rules?",
        Question::Structure => "How is work organized?",
    }
}

fn leaning(leaning: Leaning) -> &'static str {
    match leaning {
        Leaning::PerTeam => "per-team",
        Leaning::PerJob => "per-job",
        Leaning::Either => "either",
    }
}

fn word(advice: &Advice) -> &'static str {
    match advice {
        Advice::PerTeam => "per-team",
        Advice::PerJob => "per-job",
        Advice::Hybrid(_) => "hybrid",
    }
}

fn advice(advice: &Advice) -> String {
    match advice {
        Advice::PerTeam => "per-team: one pair of roles for all jobs".to_owned(),
        Advice::PerJob => "per-job: a pair of roles for each job".to_owned(),
        Advice::Hybrid(alone) => {
            let alone: Vec<&str> = alone.iter().map(|job| job.as_str()).collect();
            format!("hybrid: one pair of roles, and pairs of their own for {}", alone.join(", "))
        }
    }
}
