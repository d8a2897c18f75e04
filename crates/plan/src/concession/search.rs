//! Finds the edits that say what stands.

use std::collections::{BTreeMap, BTreeSet};

use landfall_model::{Edits, Writing, written};

use super::ground::{Folder, Ground};
use super::property::proposal;
use super::proposal::{Note, Proposal};
use super::refusal::Unsayable;
use super::sound::{Discord, discords};
use crate::{Drift, Observed, PlanError, StepId};

/// What can be said of some drift, and what cannot.
#[derive(Debug, Clone)]
pub struct Accepted<'d> {
    /// The files that are changed, each with its new text.
    pub files: BTreeMap<String, String>,
    /// What they say.
    pub taken: Vec<&'d Drift>,
    /// What the folder says already; `landfall apply` brings it to the stacks.
    pub said: Vec<&'d Drift>,
    /// What the user has to know.
    pub notes: BTreeSet<Note>,
    /// What cannot be said.
    pub refused: Vec<Refused<'d>>,
}

/// A drift that cannot be said.
#[derive(Debug, Clone)]
pub struct Refused<'d> {
    /// Which.
    pub drift: &'d Drift,
    /// Why.
    pub why: Unsayable,
}

/// Says drift in the configuration. Every edit is read again before it is taken: it must want just what stands for what
/// was accepted, and change nothing else.
///
/// `reread` reads the folder with edits that nobody has made yet; its error says why it would be refused.
///
/// # Errors
/// As for [`crate::plan`].
pub fn accept<'d>(
    folder: &Folder,
    observed: &Observed,
    drifts: &[&'d Drift],
    reread: &dyn Fn(&Edits) -> Result<Folder, String>,
) -> Result<Accepted<'d>, PlanError> {
    let mut out = Accepted {
        files: BTreeMap::new(),
        taken: Vec::new(),
        said: Vec::new(),
        notes: BTreeSet::new(),
        refused: Vec::new(),
    };
    let before = Ground::of(folder, observed)?;
    let mut current = folder.clone();
    let mut left = drifts.to_vec();
    let mut first = true;
    loop {
        let groups = {
            let ground = Ground::of(&current, observed)?;
            groups(&ground, &left, &mut out)
        };
        left = groups.iter().flat_map(|group| group.drifts.iter().copied()).collect();
        let search = Search { before: &before, observed, reread };
        let mut next = None;
        // Most often all of it can be said: one look is enough then.
        if first && groups.len() > 1 {
            let all = Group::join(&groups);
            next = search.attempt(&current, &all, &out)?.ok().map(|found| (all, found));
        }
        first = false;
        for group in groups {
            if next.is_some() {
                break;
            }
            match search.attempt(&current, &group, &out)? {
                Ok(found) => next = Some((group, found)),
                Err(why) => {
                    left.retain(|drift| !group.has(drift));
                    out.refused.extend(group.drifts.iter().map(|drift| Refused { drift, why: why.clone() }));
                }
            }
        }
        let Some((group, (files, folder))) = next else { break };
        left.retain(|drift| !group.has(drift));
        out.files = files;
        out.taken.extend(&group.drifts);
        out.notes.extend(group.notes);
        current = folder;
    }
    // As the drift was told: the gravest first.
    let rank = |drift: &Drift| drifts.iter().position(|one| std::ptr::eq(*one, drift));
    out.taken.sort_by_key(|drift| rank(drift));
    out.said.sort_by_key(|drift| rank(drift));
    out.refused.sort_by_key(|refused| rank(refused.drift));
    Ok(out)
}

/// Drifts that are said by the same edits.
#[derive(Debug, Clone, Default)]
struct Group<'d> {
    writings: Vec<Writing>,
    drifts: Vec<&'d Drift>,
    notes: Vec<Note>,
}

impl<'d> Group<'d> {
    fn has(&self, drift: &Drift) -> bool {
        self.drifts.iter().any(|one| std::ptr::eq(*one, drift))
    }

    fn join(groups: &[Self]) -> Self {
        let mut out = Self::default();
        for group in groups {
            out.writings.extend(group.writings.iter().cloned());
            out.drifts.extend(&group.drifts);
            out.notes.extend(group.notes.iter().cloned());
        }
        out
    }
}

/// What is still to be said, in groups; what is said already, and what cannot be, goes into the report.
fn groups<'d>(ground: &Ground<'_>, left: &[&'d Drift], out: &mut Accepted<'d>) -> Vec<Group<'d>> {
    let mut groups: Vec<(BTreeMap<String, String>, Group<'d>)> = Vec::new();
    for drift in left {
        let (writings, notes) = match proposal(ground, drift, left) {
            Ok(Proposal::Write(writings, notes)) => (writings, notes),
            Ok(Proposal::Said) => {
                out.said.push(drift);
                continue;
            }
            Err(why) => {
                out.refused.push(Refused { drift, why });
                continue;
            }
        };
        let texts = match written(&ground.folder.sources, &writings) {
            Ok(texts) if texts.is_empty() => {
                let why = Unsayable::inexact("its words would stay as they are");
                out.refused.push(Refused { drift, why });
                continue;
            }
            Ok(texts) => texts,
            Err(error) => {
                out.refused.push(Refused { drift, why: error.into() });
                continue;
            }
        };
        match groups.iter_mut().find(|(known, _)| *known == texts) {
            Some((_, group)) => {
                group.drifts.push(drift);
                group.notes.extend(notes);
            }
            None => groups.push((texts, Group { writings, drifts: vec![drift], notes })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

struct Search<'s> {
    before: &'s Ground<'s>,
    observed: &'s Observed,
    reread: &'s dyn Fn(&Edits) -> Result<Folder, String>,
}

/// The new texts of all files that are changed, and the folder with them.
type Found = (BTreeMap<String, String>, Folder);

impl Search<'_> {
    fn attempt(
        &self,
        current: &Folder,
        group: &Group<'_>,
        out: &Accepted<'_>,
    ) -> Result<Result<Found, Unsayable>, PlanError> {
        let texts = match written(&current.sources, &group.writings) {
            Ok(texts) => texts,
            Err(error) => return Ok(Err(error.into())),
        };
        let mut files = out.files.clone();
        files.extend(texts);
        let mut edits = Edits::default();
        for (name, text) in &files {
            edits = edits.write(name.as_str(), text.as_str());
        }
        let folder = match (self.reread)(&edits) {
            Ok(folder) => folder,
            Err(why) => return Ok(Err(Unsayable::Refused(why))),
        };
        let accepted: Vec<&Drift> = out.taken.iter().chain(&group.drifts).copied().collect();
        let found = discords(self.before, &Ground::of(&folder, self.observed)?, &accepted);
        Ok(match refusal(&found, &group.drifts) {
            Some(why) => Err(why),
            None => Ok((files, folder)),
        })
    }
}

/// Why an edit is not taken, and how to get there all the same.
fn refusal(found: &BTreeSet<Discord>, drifts: &[&Drift]) -> Option<Unsayable> {
    const SHOWN: usize = 3;
    let others: Vec<_> = found
        .iter()
        .filter_map(|one| match one {
            Discord::Other { what, stack } => Some((what.as_str(), stack)),
            Discord::Short { .. } => None,
        })
        .collect();
    if others.is_empty() {
        let short = found.iter().find_map(|one| match one {
            Discord::Short { what } => Some(what),
            Discord::Other { .. } => None,
        })?;
        return Some(Unsayable::Inexact(format!("its words come to something else than what stands, for {short}")));
    }
    let mut shown = others.iter().take(SHOWN).map(|(what, _)| *what).collect::<Vec<_>>().join(", ");
    if others.len() > SHOWN {
        shown.push_str(&format!(" and {} more", others.len() - SHOWN));
    }
    // The same entry elsewhere: one definition of which a part drifted.
    let own = |drift: &Drift| match &drift.owner {
        StepId::Stack(key) => Some(key.clone()),
        _ => None,
    };
    let mine: Vec<_> = drifts.iter().filter_map(|drift| own(drift)).collect();
    let elsewhere = others
        .iter()
        .filter_map(|(_, stack)| stack.as_ref())
        .any(|stack| mine.iter().any(|key| key.name == stack.name && key.account != stack.account));
    if elsewhere {
        let accounts: BTreeSet<String> = mine.iter().map(|key| key.account.to_string()).collect();
        let accounts = accounts.into_iter().collect::<Vec<_>>().join(", ");
        shown.push_str(&format!(
            "; one entry makes both: give {accounts} an entry of its own and take it out of this one's `accounts:`, or \
             change the others alike"
        ));
    } else if !mine.is_empty() {
        shown.push_str("; write an entry of its own for what drifted");
    } else if others.iter().any(|(_, stack)| stack.is_some()) {
        shown.push_str("; entries select accounts by unit or tag: name the account there, in `accounts:`, first");
    }
    Some(Unsayable::Others(shown))
}
