//! What CloudFormation alone can tell of stacks: what was deployed, and how resources stand that are not IAM's.

use std::collections::BTreeMap;

use landfall_model::{AccountId, Region, StackName};
use landfall_plan::{
    DeployedTemplate, Gap, ObservedResource, ObservedStack, ResourceState, Standing, Survey, beyond_iam,
};
use landfall_stacks::{TAG_DIGEST, TAG_ORGANIZATION};
use serde_json::Value;

use crate::limit::Endpoint;
use crate::observe::Observer;
use crate::port::Session;
use crate::wanted::WantedStack;

impl Observer<'_> {
    /// Looks at the wanted stacks that stand and are Landfall's. What cannot be read is a gap of the survey.
    pub(crate) async fn behind(
        &self,
        account: &AccountId,
        wanted: &BTreeMap<(Region, StackName), WantedStack>,
        stacks: &[ObservedStack],
        session: &dyn Session,
        survey: &mut Survey,
    ) {
        for live in stacks {
            let Some(wanted) = wanted.get(&(live.region.clone(), live.name.clone())) else { continue };
            let owner = live.tags.get(TAG_ORGANIZATION).map(String::as_str);
            let stands = matches!(live.status.standing(), Standing::Good | Standing::Failed);
            if !stands || owner != Some(self.request.organization.as_str()) {
                continue;
            }
            let port = session.stacks(&live.region);
            let endpoint = Endpoint::CloudFormation(account.clone(), live.region.clone());
            let mut resources = wanted.resources.clone();
            if live.tags.get(TAG_DIGEST).map(String::as_str) != Some(wanted.digest.as_str()) {
                match self.call(&endpoint, || port.template(&live.id)).await {
                    Ok(Some(template)) => {
                        let parsed: Value = serde_json::from_str(&template).unwrap_or_default();
                        resources = beyond_iam(&parsed);
                        let (region, stack) = (live.region.clone(), live.name.clone());
                        survey.deployed.push(DeployedTemplate { region, stack, template: template.into() });
                    }
                    // It went in between.
                    Ok(None) => continue,
                    Err(fault) => {
                        let what = ["the template of stack ", live.name.as_str()].concat();
                        survey.gaps.push(Gap { what, reason: fault.to_string() });
                        continue;
                    }
                }
            }
            for (logical_id, resource_type) in resources {
                let state = match self.call(&endpoint, || port.resource(&live.id, &logical_id)).await {
                    Ok(state) => state,
                    Err(fault) => ResourceState::NotChecked(fault.to_string()),
                };
                let (region, stack) = (live.region.clone(), live.name.clone());
                survey.resources.push(ObservedResource { region, stack, logical_id, resource_type, state });
            }
        }
    }
}
