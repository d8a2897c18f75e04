//! The guardrails that stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use landfall_model::{GuardrailKind, PolicyName};
use landfall_plan::{ObservedGuardrail, ObservedOrganization};
use landfall_stacks::{GuardrailKey, TAG_ORGANIZATION};
use serde_json::Value;

use crate::observe::{ObserveError, Observer};

impl Observer<'_> {
    /// Policies with the organization's name prefix. Each type is listed once; only what carries Landfall's tag is read
    /// any further, since DescribePolicy is the scarcest of these calls (Organizations quotas: two a second).
    pub(crate) async fn guardrails(
        &self,
        organization: &ObservedOrganization,
    ) -> Result<BTreeMap<GuardrailKey, ObservedGuardrail>, ObserveError> {
        let kinds: BTreeSet<GuardrailKind> =
            self.request.guardrails.union(&organization.policy_types).copied().collect();
        let mut prefix = self.request.organization.to_string();
        prefix.push('-');
        let port = self.cloud.organizations();
        let mut listed = Vec::new();
        for kind in kinds {
            let all = self.organizations("the guardrails", || port.guardrails(kind)).await?;
            for (id, name) in all.into_iter().filter(|(_, name)| name.starts_with(&prefix)) {
                if let Ok(name) = PolicyName::new(name) {
                    listed.push((GuardrailKey { kind, name }, id));
                }
            }
        }
        let reads = listed.into_iter().map(|(key, id)| {
            let port = Arc::clone(&port);
            async move {
                let tags = self.organizations("the tags of a guardrail", || port.tags(&id)).await?;
                let mut found = ObservedGuardrail {
                    id: id.clone(),
                    description: String::new(),
                    content: Value::Null,
                    tags,
                    targets: BTreeSet::new(),
                };
                let owner = found.tags.get(TAG_ORGANIZATION).map(String::as_str);
                if owner == Some(self.request.organization.as_str()) {
                    let Some(read) = self.organizations("a guardrail", || port.guardrail(&id)).await? else {
                        return Ok(None);
                    };
                    found.description = read.description;
                    found.content =
                        serde_json::from_str(&read.content).unwrap_or_else(|_| Value::String(read.content.clone()));
                    found.targets = self.organizations("what a guardrail is attached to", || port.guarded(&id)).await?;
                }
                Ok(Some((key, found)))
            }
        });
        let mut answers = stream::iter(reads).buffer_unordered(self.options.parallel.max(1));
        let mut found = BTreeMap::new();
        while let Some(answer) = answers.next().await {
            found.extend(answer?);
        }
        Ok(found)
    }
}
