//! Stacks as they were deployed, where the configuration wants something else by now.

use std::collections::BTreeMap;

use landfall_stacks::{Body, Digest, ParameterSource, Stack};
use serde_json::Value;

use crate::{Desired, Observed, ObservedStack};

/// What was read of templates that are deployed.
pub(crate) struct AsDeployed<'a> {
    observed: &'a Observed,
    /// What fills a parameter is told by its name, everywhere the same.
    sources: BTreeMap<&'a str, &'a ParameterSource>,
}

impl<'a> AsDeployed<'a> {
    /// Of what a look behind has read.
    pub(crate) fn new(desired: &'a Desired, observed: &'a Observed) -> Self {
        let all = desired.stacks.values().flat_map(|stack| &stack.parameters);
        Self { observed, sources: all.map(|(name, source)| (name.as_str(), source)).collect() }
    }

    /// A stack as it was deployed, if its template was read.
    pub(crate) fn stack(&self, stack: &Stack, live: &ObservedStack) -> Option<Stack> {
        let survey = self.observed.surveys.get(&stack.key.account)?;
        let found = survey
            .deployed
            .iter()
            .find(|deployed| (&deployed.region, &deployed.stack) == (&stack.key.region, &stack.key.name))?;
        let template: Value = serde_json::from_str(&found.template).ok()?;
        let declared = template.get("Parameters").and_then(Value::as_object).into_iter().flatten();
        let parameters = declared
            .filter_map(|(name, _)| Some((name.clone(), (*self.sources.get(name.as_str())?).clone())))
            .collect();
        let reserved = |key: &str| key.starts_with("landfall:") || key.starts_with("aws:");
        let tags = live.tags.iter().filter(|(key, _)| !reserved(key));
        Some(Stack {
            body: Body { digest: Digest::of(found.template.as_bytes()), json: found.template.clone() },
            parameters,
            tags: tags.map(|(key, value)| (key.clone(), value.clone())).collect(),
            ..stack.clone()
        })
    }
}
