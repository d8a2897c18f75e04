//! A stack that stands as it shall, against what stands in IAM.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use landfall_model::{AccountId, AccountName, OrganizationId};
use landfall_stacks::{Digest, Identities, Stack, TemplateScope, expected};
use serde_json::Value;

use super::resources::{Resource, resources};
use crate::{Desired, Difference, compare};

/// Compares stacks with IAM; each template is parsed once, however many accounts have it.
pub(crate) struct Comparison<'a> {
    desired: &'a Desired,
    accounts: &'a BTreeMap<AccountName, AccountId>,
    organization: Option<&'a OrganizationId>,
    parsed: HashMap<Digest, Rc<Value>>,
}

/// One stack, compared.
pub(crate) struct Compared {
    /// What it shall make in IAM.
    pub(crate) wanted: Identities,
    /// What differs.
    pub(crate) differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    /// With the ids that are known.
    pub(crate) fn new(
        desired: &'a Desired,
        accounts: &'a BTreeMap<AccountName, AccountId>,
        organization: Option<&'a OrganizationId>,
    ) -> Self {
        Self { desired, accounts, organization, parsed: HashMap::new() }
    }

    /// What differs, or why that cannot be told.
    pub(crate) fn of(&mut self, stack: &Stack, live: &Identities) -> Result<Compared, String> {
        let template = self.template(stack)?;
        let scope = TemplateScope::of(stack, self.accounts, self.organization).map_err(|error| error.to_string())?;
        let mut wanted = expected(&template, &scope).map_err(|error| error.to_string())?;
        // CloudFormation hands the tags of a stack on to its roles; a tag of the role's own goes before.
        let tags = self.desired.role_tags(stack);
        for role in wanted.roles.values_mut() {
            for (key, value) in &tags {
                role.tags.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        let differences = compare(&wanted, live);
        Ok(Compared { wanted, differences })
    }

    /// What a stack makes in IAM, with logical ids.
    pub(crate) fn resources(&mut self, stack: &Stack) -> Result<Vec<Resource>, String> {
        let template = self.template(stack)?;
        let scope = TemplateScope::of(stack, self.accounts, self.organization).map_err(|error| error.to_string())?;
        resources(&template, &scope)
    }

    /// A stack's template.
    pub(crate) fn template(&mut self, stack: &Stack) -> Result<Rc<Value>, String> {
        if let Some(known) = self.parsed.get(&stack.body.digest) {
            return Ok(Rc::clone(known));
        }
        let value: Value = serde_json::from_str(&stack.body.json).map_err(|error| error.to_string())?;
        let value = Rc::new(value);
        self.parsed.insert(stack.body.digest.clone(), Rc::clone(&value));
        Ok(value)
    }
}
