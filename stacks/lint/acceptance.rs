//! Findings that the user lives with for a time.

use landfall_model::{Acceptance, Day, Diagnostic, Severity, Sources};
use landfall_policies::lint::codes;

use super::finding::Finding;
use super::windows::{NOTICE, away};

/// Every finding as it is shown: an accepted one as a note, one whose day is over as an error.
pub(crate) fn apply(findings: Vec<Finding>, accept: &[Acceptance], sources: &Sources, today: &Day) -> Vec<Diagnostic> {
    let mut used = vec![false; accept.len()];
    let mut out = Vec::new();
    for finding in findings {
        let mut meant = None;
        for (acceptance, used) in accept.iter().zip(&mut used) {
            if fits(acceptance, &finding, sources) {
                *used = true;
                // Of several, the one that holds longest.
                meant = meant.filter(|known: &&Acceptance| known.until >= acceptance.until).or(Some(acceptance));
            }
        }
        out.push(match meant {
            Some(acceptance) => accepted(finding.diagnostic, acceptance, today),
            None => finding.diagnostic,
        });
    }
    for (acceptance, used) in accept.iter().zip(used) {
        if used {
            out.extend(ends(acceptance, today));
        } else {
            let message = format!("`{}` is not found at `{}`", acceptance.code, acceptance.subject);
            out.push(
                Diagnostic::warning(codes::ACCEPTED_NOTHING, acceptance.place, message)
                    .help("take the entry out, or correct `where`: the name of the role or item, or the file"),
            );
        }
    }
    out
}

/// An acceptance that is over turns its finding into an error: it is told before, while there is time to look again.
fn ends(acceptance: &Acceptance, today: &Day) -> Option<Diagnostic> {
    let days = today.until(&acceptance.until);
    if !(0..=NOTICE).contains(&days) {
        return None;
    }
    let (code, subject, until) = (&acceptance.code, &acceptance.subject, &acceptance.until);
    let message =
        format!("`{code}` at `{subject}` is accepted until {until}, which is {}, and then an error", away(days));
    Some(
        Diagnostic::warning(codes::ACCEPTANCE_ENDS, acceptance.place, message)
            .help("put right what is found, or look again and write a later day"),
    )
}

fn accepted(diagnostic: Diagnostic, acceptance: &Acceptance, today: &Day) -> Diagnostic {
    if *today <= acceptance.until {
        let label = format!("accepted until {}: {}", acceptance.until, acceptance.reason);
        return Diagnostic { severity: Severity::Note, ..diagnostic }.related(acceptance.place, label);
    }
    let label = format!("was accepted until {}", acceptance.until);
    Diagnostic { severity: Severity::Error, ..diagnostic }.related(acceptance.place, label)
}

fn fits(acceptance: &Acceptance, finding: &Finding, sources: &Sources) -> bool {
    let file = || finding.diagnostic.place.and_then(|place| sources.get(place.file));
    acceptance.code == finding.diagnostic.code.0
        && (finding.subjects.iter().any(|subject| subject.eq_ignore_ascii_case(&acceptance.subject))
            || file().is_some_and(|source| source.name == acceptance.subject))
}
