//! What goes wrong, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Script;
use super::action::Action;
use super::http::Response;

/// Which calls a fault is for.
#[derive(Debug, Clone)]
pub(in super::super) enum On {
    /// Every call.
    Every,
    /// One operation's.
    Action(&'static str),
}

/// Which of those calls go wrong.
#[derive(Debug, Clone)]
pub(in super::super) enum When {
    /// All.
    Always,
    /// The first so many.
    First(u32),
    /// The one with this number, counted from 1.
    Nth(u32),
    /// This share of them, from 0 to 1.
    Rate(f64),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Fault {
    /// Too many requests.
    Throttle,
    /// The service failed.
    Failure,
    /// An HTML page with status 503.
    Page,
    /// The connection breaks, and nothing happened.
    ResetBefore,
    /// The connection breaks, and the call took effect.
    ResetAfter,
    /// The call takes this much longer.
    Delay(Duration),
}

/// The faults of a script, with their counts.
pub(super) struct Faults {
    faults: Vec<(On, When, Fault, u32)>,
    random: u64,
    polls_in_progress: u32,
    polls: BTreeMap<String, u32>,
}

impl Faults {
    pub(super) fn new(script: Script) -> Self {
        Self {
            faults: script.faults.into_iter().map(|(on, when, fault)| (on, when, fault, 0)).collect(),
            random: script.seed,
            polls_in_progress: script.polls_in_progress,
            polls: BTreeMap::new(),
        }
    }

    /// What happens to a call.
    pub(super) fn of(&mut self, action: &Action) -> Option<Fault> {
        let mut happens = None;
        for (on, when, fault, count) in &mut self.faults {
            let draw = draw(&mut self.random);
            if matches!(on, On::Action(name) if *name != action.0) {
                continue;
            }
            *count += 1;
            let due = match when {
                When::Always => true,
                When::First(first) => *count <= *first,
                When::Nth(nth) => *count == *nth,
                When::Rate(rate) => draw < *rate,
            };
            if due && happens.is_none() {
                happens = Some(fault.clone());
            }
        }
        happens
    }

    /// Shows a stack that was just made as still under way, for as many looks as the script says.
    pub(super) fn progress(&mut self, action: &Action, mut answer: Response) -> Response {
        let Ok(text) = std::str::from_utf8(&answer.body) else { return answer };
        match action.0.as_str() {
            "CreateStack" if answer.status == 200 => {
                if let Some(id) = element(text, "StackId") {
                    self.polls.insert(id.to_owned(), self.polls_in_progress);
                }
            }
            "DescribeStacks" => answer.body = self.under_way(text).into_bytes(),
            _ => {}
        }
        answer
    }

    /// A description of stacks in which those that are not ripe yet are still under way. In it, a stack's status comes
    /// after its id and before the next stack's.
    fn under_way(&mut self, text: &str) -> String {
        let mut parts = text.split("<StackId>");
        let mut told = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            told.push_str("<StackId>");
            let left = part.split('<').next().and_then(|id| self.polls.get_mut(id)).filter(|left| **left > 0);
            match left {
                Some(left) => {
                    *left -= 1;
                    told.push_str(&part.replace("_COMPLETE</StackStatus>", "_IN_PROGRESS</StackStatus>"));
                }
                None => told.push_str(part),
            }
        }
        told
    }
}

/// From 0 to 1, the same sequence for the same seed (SplitMix64).
fn draw(random: &mut u64) -> f64 {
    *random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *random;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
}

/// The text of the first XML element of a name.
pub(super) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once('<').map(|(value, _)| value)
}
