//! Whether Landfall's own roles may make the calls that Landfall makes: every call of a journey, and everything that
//! CloudFormation does for it, is put to Landfall's evaluator under the roles that the configuration comes to.
//!
//! The emulators let an administrator do everything, so a call that the roles lack is not noticed there, but here.

mod estate;
mod question;

use std::collections::{BTreeMap, BTreeSet};

use landfall_policies::{Makers, operation};

pub(super) use estate::Estate;
use question::{Question, questions};

use super::proxy::Recorded;

/// Which of Landfall's roles a command is run with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The plan role and the readers.
    Reading,
    /// The apply role and the executors.
    Writing,
}

impl Run {
    /// Of a command line.
    pub(super) fn of(arguments: &[&str]) -> Self {
        let reads = ["access", "drift", "graph", "plan", "synth", "validate"];
        if arguments.first().is_some_and(|verb| reads.contains(verb)) { Self::Reading } else { Self::Writing }
    }
}

/// Every call that the roles of a configuration may not make, in words.
pub(super) fn refused(estate: &Estate, run: Run, calls: &[Recorded]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut asked: BTreeMap<(Option<&str>, &str), BTreeSet<Question>> = BTreeMap::new();
    for call in calls {
        match operation(&call.operation) {
            None => {
                out.insert(format!("{} stands in no list: add it to policies/operation.rs", call.operation));
            }
            Some(known) if matches!(known.makers, Makers::Administrator | Makers::Anybody) => {}
            Some(_) => {
                let place = (call.member.as_deref(), call.region.as_str());
                asked.entry(place).or_default().extend(questions(estate, run, call));
            }
        }
    }
    for ((member, region), questions) in asked {
        let judge = estate.judge(run, member);
        out.extend(questions.iter().filter_map(|question| judge.refuses(region, question)));
    }
    out
}
