//! What passed through.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, field};
use super::fault::Fault;
use super::http::Request;

/// Counts of what passed through.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Tally {
    /// Calls by operation.
    pub(in super::super) calls: BTreeMap<String, u32>,
    /// Faults by operation and kind.
    pub(in super::super) faults: BTreeMap<(String, Fault), u32>,
    /// The most calls that were under way at the same time.
    pub(in super::super) most_in_flight: u32,
    /// Which services were asked, and in which Region by the signature.
    pub(in super::super) scopes: BTreeSet<(String, String)>,
    /// Requests for a stack with IAM in it that did not say so.
    pub(in super::super) without_capability: u32,
    in_flight: u32,
}

impl Tally {
    pub(super) fn begin(&mut self, action: &Action, request: &Request) {
        *self.calls.entry(action.0.clone()).or_default() += 1;
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        if ["CreateStack", "CreateChangeSet"].contains(&action.0.as_str()) {
            let named = field(request, "Capabilities.member.1").as_deref() == Some("CAPABILITY_NAMED_IAM");
            self.without_capability += u32::from(!named);
        }
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let mut scope = request.header("authorization").unwrap_or_default().split('/').skip(2);
        if let (Some(region), Some(service)) = (scope.next(), scope.next()) {
            self.scopes.insert((service.to_owned(), region.to_owned()));
        }
    }

    pub(super) fn end(&mut self) {
        self.in_flight -= 1;
    }

    pub(super) fn fault(&mut self, action: &Action, fault: &Fault) {
        *self.faults.entry((action.0.clone(), fault.clone())).or_default() += 1;
    }

    /// How often an operation was called.
    pub(in super::super) fn of(&self, action: &str) -> u32 {
        self.calls.get(action).copied().unwrap_or_default()
    }
}
