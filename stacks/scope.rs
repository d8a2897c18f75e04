//! Where a template is evaluated: the account, the Region and the parameters.

use std::collections::BTreeMap;

use landfall_model::{AccountId, AccountName, OrganizationId, Partition, Region, StackName};

use crate::{ParameterSource, Stack};

/// Where a template is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateScope {
    /// `AWS::Partition`
    pub partition: Partition,
    /// `AWS::Region`
    pub region: Region,
    /// `AWS::AccountId`
    pub account: AccountId,
    /// `AWS::StackName`
    pub stack: StackName,
    /// The parameters' values. A declared parameter without one takes its default.
    pub parameters: BTreeMap<String, String>,
}

/// Something that the parameters of a stack ask for is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// An account that is not made yet.
    #[error("the id of account `{0}` is not known yet")]
    Account(AccountName),
    /// The organization is not made yet.
    #[error("the organization's id is not known yet")]
    Organization,
}

impl TemplateScope {
    /// The scope of a stack, given the ids that are known.
    ///
    /// # Errors
    /// An id that the stack asks for is not known.
    pub fn of(
        stack: &Stack,
        accounts: &BTreeMap<AccountName, AccountId>,
        organization: Option<&OrganizationId>,
    ) -> Result<Self, ScopeError> {
        let account = |name: &AccountName| accounts.get(name).ok_or_else(|| ScopeError::Account(name.clone()));
        let mut parameters = BTreeMap::new();
        for (name, source) in &stack.parameters {
            let value = match source {
                ParameterSource::Account(of) => account(of)?.as_str(),
                ParameterSource::Organization => organization.ok_or(ScopeError::Organization)?.as_str(),
            };
            parameters.insert(name.clone(), value.to_owned());
        }
        Ok(Self {
            partition: stack.key.region.partition(),
            region: stack.key.region.clone(),
            account: account(&stack.key.account)?.clone(),
            stack: stack.key.name.clone(),
            parameters,
        })
    }

    /// The value of a pseudo parameter.
    pub(crate) fn pseudo(&self, name: &str) -> Option<String> {
        Some(match name {
            "AWS::AccountId" => self.account.as_str().to_owned(),
            "AWS::Partition" => self.partition.as_str().to_owned(),
            "AWS::Region" => self.region.as_str().to_owned(),
            "AWS::StackName" => self.stack.as_str().to_owned(),
            "AWS::URLSuffix" => match self.partition {
                Partition::AwsCn => "amazonaws.com.cn".to_owned(),
                Partition::Aws | Partition::AwsUsGov => "amazonaws.com".to_owned(),
            },
            _ => return None,
        })
    }
}
