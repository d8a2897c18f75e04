//! The roles and policies of a template, with accounts by their names where ids would stand: so that the same change
//! in many accounts reads the same, and reads at all while an id is not known.

use std::collections::BTreeMap;

use landfall_model::{AccountId, AccountName, ORGANIZATION_PARAMETER, Partition, account_parameter};
use landfall_stacks::{Identities, StackKey, TemplateScope, expected};
use serde_json::Value;

/// What stands for the id of the account that a template is deployed in.
pub const OWN_ACCOUNT: &str = "ACCOUNT";

/// No account has this id.
const STAND_IN: &str = "000000000000";

/// What a template makes, in words.
///
/// # Errors
/// The template is none, or makes something that IAM would refuse.
pub fn identities_in_words<'n>(
    template: &str,
    key: &StackKey,
    partition: Partition,
    accounts: impl IntoIterator<Item = &'n AccountName>,
) -> Result<Identities, String> {
    let template: Value = serde_json::from_str(template).map_err(|error| error.to_string())?;
    let names: BTreeMap<String, &AccountName> =
        accounts.into_iter().map(|name| (account_parameter(name), name)).collect();
    let declared = template.get("Parameters").and_then(Value::as_object).into_iter().flatten();
    let parameters = declared
        .map(|(parameter, _)| {
            let value = match names.get(parameter) {
                Some(name) => name.to_string(),
                None if parameter == ORGANIZATION_PARAMETER => "ORGANIZATION".to_owned(),
                // A template of long ago may name an account that the configuration does not know any more.
                None => parameter.clone(),
            };
            (parameter.clone(), value)
        })
        .collect();
    let scope = TemplateScope {
        partition,
        region: key.region.clone(),
        account: AccountId::new(STAND_IN).map_err(|error| error.to_string())?,
        stack: key.name.clone(),
        parameters,
    };
    let made = expected(&template, &scope).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&made).map_err(|error| error.to_string())?;
    serde_json::from_str(&text.replace(STAND_IN, OWN_ACCOUNT)).map_err(|error| error.to_string())
}
