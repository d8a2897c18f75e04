//! `landfall remediate --accept`: for everything that has words, what stands is written as it should be, wanted by the next
//! plan, and no drift any more; for everything else the reason is given and nothing is written.

mod cases;
mod folder;
mod hand;

use cases::{CASES, Case, End};
use folder::{FILES, started};
use hand::Hand;

use crate::desk::{Desk, complaints};

fn accept(desk: &Desk, more: &[&str]) -> crate::desk::Ran {
    desk.run(&[["remediate", "it", "--sandbox", "--accept", "--yes", "-q"].as_slice(), more].concat())
}

/// Every class: what is dangerous is accepted only where it is named.
const ALL: [&str; 6] = ["--only", "dangerous", "--only", "repairable", "--only", "benign"];

fn files(desk: &Desk) -> Vec<(&'static str, String)> {
    FILES.iter().map(|(name, _)| (*name, desk.read(&["it/", name].concat()))).collect()
}

/// What is wrong with a case, in words.
fn complaint(desk: &Desk, case: &Case) -> Option<String> {
    let account = {
        let hand = Hand::on(desk);
        (case.tamper)(&hand);
        hand.id("data").to_string()
    };
    let found = desk.run(&["drift", "it", "--sandbox", "-q"]);
    if found.code != 2 {
        return Some(format!("{}: nothing drifted: {}", case.name, found.both()));
    }
    let before = files(desk);
    let ran = accept(desk, &ALL);
    let after = files(desk);
    match case.end {
        End::Refused(why) => {
            if ran.code != 2 || !ran.out.contains(why) {
                return Some(format!("{}: is not refused as it should be: {}", case.name, ran.both()));
            }
            (before != after).then(|| format!("{}: something was written", case.name))
        }
        End::Written(file, changes) => {
            if ran.code != 0 {
                return Some(format!("{}: is not accepted: {}", case.name, ran.both()));
            }
            for ((name, old), (_, new)) in before.iter().zip(&after) {
                let wanted = match *name == file {
                    true => changes.iter().fold(old.clone(), |text, (from, to)| {
                        assert!(text.contains(from), "{}: `{from}` is not in {name}", case.name);
                        text.replacen(from, &to.replace("DATA", &account), 1)
                    }),
                    false => old.clone(),
                };
                if wanted != *new {
                    let only = |of: &str, than: &str| {
                        of.lines().filter(|line| !than.contains(line)).collect::<Vec<_>>().join("\n")
                    };
                    let (more, less) = (only(new, &wanted), only(&wanted, new));
                    return Some(format!("{}: {name} has\n{more}\n--- and not\n{less}\n{}", case.name, ran.both()));
                }
            }
            // Asked again before it is applied, there is nothing more to say.
            let again = accept(desk, &ALL);
            if again.code != 0 || files(desk) != after {
                return Some(format!("{}: the second time: {}", case.name, again.both()));
            }
            let applied = desk.run(&["apply", "it", "--sandbox", "--yes", "-q", "--no-journal"]);
            if applied.code != 0 {
                return Some(format!("{}: apply ended with {}", case.name, applied.both()));
            }
            let planned = desk.run(&["plan", "it", "--sandbox", "-q"]);
            let drifted = desk.run(&["drift", "it", "--sandbox", "-q"]);
            (planned.code != 0 || drifted.code != 0)
                .then(|| format!("{}: afterwards {}\n{}", case.name, planned.both(), drifted.both()))
        }
    }
}

#[test]
fn everything_that_has_words_is_accepted_and_all_else_is_refused_with_its_reason() {
    let deployed = started();
    let complaints = complaints(CASES, |case| {
        let judged = std::panic::catch_unwind(|| complaint(&folder::copy(&deployed), case));
        judged.unwrap_or_else(|_| Some(format!("{}: the test itself failed", case.name)))
    });
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), CASES.len(), complaints.join("\n=====\n"));
}

#[test]
fn an_entry_for_two_accounts_is_said_once_when_both_drifted_alike() {
    let deployed = started();
    let desk = folder::copy(&deployed);
    let policy = "arn:aws:iam::aws:policy/SecurityAudit";
    Hand::on(&desk).attach("app", "acme-cross-account-everywhere", policy);
    let refused = accept(&desk, &[]);
    assert_eq!(refused.code, 2, "{}", refused.both());
    assert!(refused.out.contains("role acme-cross-account-everywhere in data"), "{}", refused.both());
    assert!(refused.out.contains("give app an entry of its own"), "{}", refused.both());
    Hand::on(&desk).attach("data", "acme-cross-account-everywhere", policy);
    let accepted = accept(&desk, &[]);
    assert_eq!(accepted.code, 0, "{}", accepted.both());
    let text = desk.read("it/landfall.yaml");
    assert_eq!(text.matches(policy).count(), 1, "{text}");
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes", "-q"]).code, 0);
    assert_eq!(desk.run(&["drift", "it", "--sandbox", "-q"]).code, 0);
}

#[test]
fn what_drifted_together_is_accepted_together_and_a_part_of_it_stays_a_part() {
    let deployed = started();
    let desk = folder::copy(&deployed);
    let statement = serde_json::json!({ "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*" });
    {
        let hand = Hand::on(&desk);
        hand.inline("data", "acme-cross-account-reader", "by-hand", std::slice::from_ref(&statement));
        hand.inline("data", "acme-cross-account-reader", "another", &[statement]);
        hand.attach("data", "acme-cross-account-reader", "arn:aws:iam::aws:policy/SecurityAudit");
        hand.session("data", "acme-cross-account-reader", 3_600);
        hand.attach("app", "acme-service-web", "arn:aws:iam::aws:policy/SecurityAudit");
        hand.tag_account("data", "env", "live");
        hand.attach_guardrail("acme-no-keys", "spare");
        hand.describe("app", "acme-service-web", "other");
    }
    let before = desk.read("it/landfall.yaml");
    let some = accept(&desk, &["--only", "benign"]);
    assert_eq!(some.code, 3, "{}", some.both());
    assert_eq!(desk.read("it/landfall.yaml"), before.replace("{ env: dev }", "{ env: live }"));
    let rest = accept(&desk, &ALL);
    assert_eq!(rest.code, 3, "a description has no words: {}", rest.both());
    assert_eq!(rest.out.matches("cannot be accepted").count(), 1, "{}", rest.both());
    assert_eq!(desk.read("it/landfall.yaml").matches("sqs:ListQueues").count(), 1, "{}", rest.both());
    assert_eq!(desk.run(&["apply", "it", "--sandbox", "--yes", "-q"]).code, 0);
    let left = desk.run(&["drift", "it", "--sandbox", "-q", "--format", "json"]).json();
    // The description of a role whose stack was deployed anew may have been put right by that.
    assert!(left["drifts"].as_array().unwrap().iter().all(|one| one["property"] == "Description"), "{left:#}");
}

#[test]
fn the_reports_say_what_is_accepted_what_is_not_and_what_one_has_to_know() {
    let deployed = started();
    let desk = folder::copy(&deployed);
    let statement = serde_json::json!({ "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*" });
    Hand::on(&desk).inline("data", "acme-cross-account-reader", "by-hand", &[statement]);
    Hand::on(&desk).describe("data", "acme-cross-account-reader", "other");
    let before = files(&desk);
    let arguments = ["remediate", "it", "--sandbox", "--accept", "-q"];
    let json = desk.run(&[arguments.as_slice(), &["--format", "json"]].concat());
    assert_eq!(json.code, 64, "nobody said yes: {}", json.both());
    let report = json.json();
    assert_eq!(report["accepted"][0]["property"], "Policies/by-hand");
    assert_eq!(report["notes"][0]["note"], "absorbed");
    assert_eq!(report["notes"][0]["policy"], "by-hand");
    assert_eq!(report["refused"][0]["property"], "Description");
    assert!(report["edits"][0]["text"].as_str().unwrap().contains("sqs:ListQueues"));
    let markdown = desk.run(&[arguments.as_slice(), &["--format", "markdown"]].concat());
    assert!(
        markdown.out.contains("```diff\n") && markdown.out.contains("\n+      - Effect: Allow\n"),
        "{}",
        markdown.both()
    );
    assert!(markdown.out.contains("takes the inline policy by-hand off role"), "{}", markdown.both());
    assert_eq!(files(&desk), before, "nothing is written without consent");
}
