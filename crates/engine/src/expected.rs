//! What stacks shall have made in an account's IAM.

use landfall_model::{AccountId, Partition};
use landfall_stacks::{Identities, StackKey, TAG_DIGEST, TemplateScope, expected};

use crate::failure::{Failure, Progress};
use crate::port::StackRequest;

/// What stacks of one account shall have made.
pub(crate) struct Expected {
    pub(crate) identities: Identities,
    pub(crate) partition: Partition,
}

impl Expected {
    /// Of stacks.
    ///
    /// # Errors
    /// A template that cannot be evaluated.
    pub(crate) fn of<'a>(
        account: &AccountId,
        stacks: impl IntoIterator<Item = (&'a StackKey, &'a StackRequest)>,
    ) -> Progress<Self> {
        let mut all = Self { identities: Identities::default(), partition: Partition::Aws };
        for (key, request) in stacks {
            all.partition = key.region.partition();
            let mut made = made(key, account, request)?;
            // CloudFormation hands the tags of a stack on to its roles; a tag of the role's own goes before. The digest
            // says nothing about a role.
            let tags = request.tags.iter().filter(|(tag, _)| tag.as_str() != TAG_DIGEST);
            for role in made.roles.values_mut() {
                for (tag, value) in tags.clone() {
                    role.tags.entry(tag.clone()).or_insert_with(|| value.clone());
                }
            }
            all.identities.roles.extend(made.roles);
            all.identities.policies.extend(made.policies);
            all.identities.profiles.extend(made.profiles);
            all.identities.providers.extend(made.providers);
        }
        Ok(all)
    }
}

fn made(key: &StackKey, account: &AccountId, request: &StackRequest) -> Progress<Identities> {
    let scope = TemplateScope {
        partition: key.region.partition(),
        region: key.region.clone(),
        account: account.clone(),
        stack: key.name.clone(),
        parameters: request.parameters.clone(),
    };
    let wrong = |error: &dyn std::error::Error| {
        let chain: Vec<String> =
            std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
        Failure::new(format!("what the template makes cannot be told: {}", chain.join(": "))).hint("make a new plan")
    };
    let template = serde_json::from_str(&request.template).map_err(|error| wrong(&error))?;
    expected(&template, &scope).map_err(|error| wrong(&error))
}
