//! What `landfall drift` reports, as far as the emulator can hold what it is about.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::emulator::journey::Journey;

/// What an emulator shows although nobody did it, each of which has its line in `known_gaps`. On both, what is not IAM's
/// stays unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Nothing else.
    Unread,
    /// Termination protection cannot be set.
    Unprotected,
}

/// What a drift is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    pub(super) account: Option<String>,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) property: String,
}

/// How it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) rule: String,
    pub(super) class: String,
}

/// One look.
pub(super) struct Look {
    pub(super) drifts: BTreeMap<About, Judged>,
    /// Roles of others, by account and name.
    pub(super) sightings: Vec<(String, String)>,
}

impl Look {
    /// Looks, and holds what could not be read or set against the known gaps.
    pub(super) async fn at(journey: &Journey, gaps: Gaps) -> Self {
        let (code, report) = journey.drift().await;
        assert_eq!(code, 3, "not all can be read: {report:#}");
        let list = |key: &str| report[key].as_array().unwrap().clone();
        let unread = list("unread");
        let of_resources = |one: &Value| one["what"].as_str().unwrap().contains(" of stack ");
        assert!(!unread.is_empty() && unread.iter().all(of_resources), "{unread:#?}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut look = Self { drifts: BTreeMap::new(), sightings: Vec::new() };
        let mut unprotected = 0;
        for drift in list("drifts") {
            let property = text(&drift["property"]);
            if property == "TerminationProtection" && gaps == Gaps::Unprotected {
                unprotected += 1;
                continue;
            }
            let about = About {
                account: drift["account"].as_str().map(str::to_owned),
                kind: text(&drift["subject"]["kind"]),
                name: text(&drift["subject"]["name"]),
                property,
            };
            let judged = Judged { rule: text(&drift["rule"]), class: text(&drift["class"]) };
            let before = look.drifts.insert(about.clone(), judged);
            // The same stack may stand in two Regions.
            assert!(before.is_none() || about.kind == "resource", "{about:?} is told twice");
        }
        assert_eq!(unprotected > 0, gaps == Gaps::Unprotected, "{report:#}");
        look.sightings = list("sightings").iter().map(|seen| (text(&seen["account"]), text(&seen["role"]))).collect();
        look
    }
}
