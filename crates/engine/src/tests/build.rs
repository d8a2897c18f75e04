//! Plans for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::{Ended, Event, Options, Outcome, Refused, Sink, Stamped, StopHandle, execute, stop};
use indexmap::IndexMap;
use landfall_model::*;
use landfall_plan::*;
use landfall_stacks::{Digest, ParameterSource, Protection, StackKey, TAG_DIGEST, TAG_ORGANIZATION};

use super::fake::{Fake, id, organization, region};

pub(crate) fn name(text: &str) -> AccountName {
    AccountName::new(text).unwrap()
}

pub(crate) fn key(account: &str, stack: &str) -> StackKey {
    StackKey { account: name(account), region: region(), name: StackName::new(stack).unwrap() }
}

pub(crate) fn stack_id(account: &str, stack: &str) -> StepId {
    StepId::Stack(key(account, stack))
}

pub(crate) fn spec(template: &str) -> StackSpec {
    let digest = Digest::of(template);
    let tags = [(TAG_DIGEST, digest.as_str()), (TAG_ORGANIZATION, "acme")];
    StackSpec {
        kind: Kind::Service,
        template: digest.clone(),
        parameters: BTreeMap::new(),
        tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        protection: Protection::Off,
    }
}

pub(crate) struct Build {
    pub(crate) plan: Plan,
    /// The template of stacks that do not name one.
    usual: String,
}

impl Build {
    /// A plan for accounts `a1`, `a2` … with ids 2, 3 …; `home` is the management account with id 1.
    pub(crate) fn new(accounts: u32) -> Self {
        Self::with(accounts, EMPTY)
    }

    /// As [`Build::new`], with a usual template.
    pub(crate) fn with(accounts: u32, usual: &str) -> Self {
        let nothing = Digest::of("");
        Self {
            usual: usual.to_owned(),
            plan: Plan {
                version: PLAN_VERSION,
                mode: Mode::Apply,
                targets: Vec::new(),
                emergency_access: landfall_plan::EmergencyAccess::Keep,
                only: Default::default(),
                via: landfall_plan::Via::Iam,
                organization: OrganizationName::new("acme").unwrap(),
                organization_id: Some(organization().id),
                management: name("home"),
                management_id: id(1),
                access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
                region: region(),
                account_ids: (1..=accounts).map(|n| (name(&format!("a{n}")), id(n + 1))).collect(),
                unit_ids: BTreeMap::from([(String::new(), "r-1".to_owned())]),
                fingerprint: Fingerprint { observed: nothing.clone(), desired: nothing },
                steps: IndexMap::new(),
                templates: BTreeMap::new(),
                kept: vec![],
                findings: vec![],
            },
        }
    }

    pub(crate) fn step(&mut self, id: StepId, action: Action, needs: &[StepId]) -> StepId {
        let needs = needs.iter().map(|on| Edge { on: on.clone(), reason: Reason::BoundaryBeforeRole }).collect();
        let step = Step { id: id.clone(), action, causes: BTreeSet::new(), needs };
        self.plan.steps.insert(id.clone(), step);
        id
    }

    pub(crate) fn template(&mut self, template: &str) -> StackSpec {
        let spec = spec(template);
        self.plan.templates.insert(spec.template.clone(), template.into());
        spec
    }

    pub(crate) fn create(&mut self, account: &str, stack: &str, needs: &[StepId]) -> StepId {
        let usual = self.usual.clone();
        let spec = self.template(&usual);
        self.step(stack_id(account, stack), Action::CreateStack { spec, replaces: None }, needs)
    }

    pub(crate) fn update(&mut self, account: &str, stack: &str, live: &str, template: &str) -> StepId {
        let spec = self.template(template);
        self.step(stack_id(account, stack), Action::UpdateStack { spec, stack: live.to_owned() }, &[])
    }

    pub(crate) fn create_account(&mut self, account: &str) -> StepId {
        let email = Email::new(format!("{account}@example.com")).unwrap();
        let action = Action::CreateAccount { name: name(account), email, tags: BTreeMap::new() };
        self.step(StepId::Account(name(account)), action, &[])
    }

    pub(crate) fn parameter(&mut self, step: &StepId, parameter: &str, account: &str) {
        if let Action::CreateStack { spec, .. } = &mut self.plan.steps[step].action {
            spec.parameters.insert(parameter.to_owned(), ParameterSource::Account(name(account)));
        }
    }

    pub(crate) async fn run(self, fake: &Fake) -> Run {
        let (_handle, signal) = stop();
        self.run_with(fake, Options::new(signal)).await.unwrap()
    }

    pub(crate) async fn run_with(self, fake: &Fake, options: Options) -> Result<Run, Refused> {
        let events: Arc<Mutex<Vec<Stamped>>> = Arc::default();
        let taken = Arc::clone(&events);
        let sink: Sink = Arc::new(move |event| taken.lock().unwrap().push(event));
        let ended = execute(Arc::new(self.plan), fake.cloud(), options, sink).await?;
        let events = std::mem::take(&mut *events.lock().unwrap());
        Ok(Run { ended, events })
    }
}

pub(crate) struct Run {
    pub(crate) ended: Ended,
    pub(crate) events: Vec<Stamped>,
}

impl Run {
    pub(crate) fn outcome(&self, step: &StepId) -> &Outcome {
        &self.ended.outcomes[step]
    }

    pub(crate) fn all_done(&self) {
        for (step, outcome) in &self.ended.outcomes {
            assert_eq!(*outcome, Outcome::Done, "{step}");
        }
    }

    pub(crate) fn retries(&self) -> usize {
        self.events.iter().filter(|event| matches!(event.event, Event::Retrying { .. })).count()
    }

    pub(crate) fn failure(&self, step: &StepId) -> (String, Option<String>, String) {
        match self.outcome(step) {
            Outcome::Failed { reason, resource, hint, .. } => {
                (reason.clone(), resource.clone(), hint.clone().unwrap_or_default())
            }
            other => panic!("{step}: {other:?}"),
        }
    }
}

pub(crate) fn pressed_later(handle: StopHandle, after: std::time::Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(after).await;
        handle.press();
    });
}

/// A template that makes nothing in IAM.
pub(crate) const EMPTY: &str = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#;
