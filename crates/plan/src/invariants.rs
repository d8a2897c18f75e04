//! What must hold of every plan before it may run.

use std::collections::HashSet;

use landfall_model::Email;

use crate::{Action, Edge, Plan, Recorded, StepId, order};

/// How a plan contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A step waits for one that is not in the plan.
    #[error("{step} waits for {on}, which is not in the plan")]
    DanglingEdge {
        /// Who waits.
        step: Box<StepId>,
        /// For whom.
        on: Box<StepId>,
    },
    /// Steps wait for each other.
    #[error("{step} waits, near or far, for itself")]
    Loop {
        /// One of them.
        step: Box<StepId>,
    },
    /// A step stands before one that it waits for.
    #[error("{step} stands before {on}, which it waits for")]
    OutOfOrder {
        /// Who stands too early.
        step: Box<StepId>,
        /// Whom it waits for.
        on: Box<StepId>,
    },
    /// A step's template is not in the plan.
    #[error("the template of {step} is not in the plan")]
    MissingTemplate {
        /// Whose.
        step: Box<StepId>,
    },
    /// A template's digest is not its own.
    #[error("a template of the plan does not have the digest {digest} under which it stands")]
    WrongTemplate {
        /// The digest under which it stands.
        digest: String,
    },
    /// A step works on a stack or a policy without saying which: a name alone may by then be another's.
    #[error("{step} works on something without an id")]
    NoId {
        /// Which step.
        step: Box<StepId>,
    },
    /// An address would be used for two accounts.
    #[error("{step} would make a second account with the address {email}")]
    SameEmail {
        /// The second one.
        step: Box<StepId>,
        /// The address.
        email: Email,
    },
    /// A step does what its id is not about.
    #[error("{step} does something that is not about it")]
    Mismatch {
        /// Which.
        step: Box<StepId>,
    },
}

impl Plan {
    /// Checks that the plan can be run as it stands.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check(&self) -> Result<(), Contradiction> {
        if let Some(digest) =
            self.templates.iter().find(|(digest, body)| landfall_stacks::Digest::of(body.as_bytes()) != **digest)
        {
            return Err(Contradiction::WrongTemplate { digest: digest.0.to_string() });
        }
        let mut emails = HashSet::new();
        for (id, step) in &self.steps {
            if *id != step.id || !fits(id, &step.action) {
                return Err(Contradiction::Mismatch { step: Box::new(id.clone()) });
            }
            for Edge { on, .. } in &step.needs {
                if !self.steps.contains_key(on) {
                    return Err(Contradiction::DanglingEdge { step: Box::new(id.clone()), on: Box::new(on.clone()) });
                }
            }
            if step.action.templates().any(|template| !self.templates.contains_key(template)) {
                return Err(Contradiction::MissingTemplate { step: Box::new(id.clone()) });
            }
            if step.action.stack_id().or(step.action.policy_id()).is_some_and(str::is_empty) {
                return Err(Contradiction::NoId { step: Box::new(id.clone()) });
            }
            if let Action::CreateAccount { email, .. } | Action::AwaitAccount { email, .. } = &step.action
                && !emails.insert(email.key())
            {
                return Err(Contradiction::SameEmail { step: Box::new(id.clone()), email: email.clone() });
            }
        }
        self.check_order()
    }

    fn check_order(&self) -> Result<(), Contradiction> {
        let sound: HashSet<usize> = order::topological(&self.steps).into_iter().collect();
        for (position, step) in self.steps.values().enumerate() {
            if !sound.contains(&position) {
                return Err(Contradiction::Loop { step: Box::new(step.id.clone()) });
            }
        }
        for (position, step) in self.steps.values().enumerate() {
            for Edge { on, .. } in &step.needs {
                if self.steps.get_index_of(on).is_none_or(|needed| needed >= position) {
                    return Err(Contradiction::OutOfOrder {
                        step: Box::new(step.id.clone()),
                        on: Box::new(on.clone()),
                    });
                }
            }
        }
        Ok(())
    }
}

fn fits(id: &StepId, action: &Action) -> bool {
    match (id, action) {
        (StepId::Organization, Action::CreateOrganization)
        | (StepId::Placement(_), Action::MoveAccount { .. })
        | (StepId::AccountTags(_), Action::TagAccount { .. })
        | (
            StepId::Guardrail(_),
            Action::CreateGuardrail { .. } | Action::UpdateGuardrail { .. } | Action::DeleteGuardrail { .. },
        )
        | (StepId::Attachment(..), Action::AttachGuardrail { .. } | Action::DetachGuardrail { .. })
        | (StepId::Identities(_), Action::RepairIdentities { .. })
        | (StepId::Record(Recorded::Organization), Action::RecordOrganization { .. })
        | (StepId::Record(Recorded::Guardrail(_)), Action::RecordGuardrail { .. })
        | (
            StepId::Stack(_),
            Action::CreateStack { .. }
            | Action::UpdateStack { .. }
            | Action::RevertDrift { .. }
            | Action::AdoptStack { .. }
            | Action::DeleteStack { .. },
        ) => true,
        (StepId::Unit(unit), Action::CreateUnit { path, .. }) => unit == path,
        (StepId::PolicyType(wanted), Action::EnablePolicyType { kind }) => wanted == kind,
        (StepId::Account(account), Action::CreateAccount { name, .. } | Action::AwaitAccount { name, .. }) => {
            account == name
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::world::{World, boundary, foundation, name, role, stack_id};
    use crate::{Mode, Reason};

    fn sound() -> Plan {
        let foundation = foundation(&[("management", None), ("data", Some("prod"))]);
        World::new(&foundation, vec![boundary("data"), role("data", "etl")]).plan(Mode::Apply)
    }

    fn boundary_waits_for_role(plan: &mut Plan) {
        let on = stack_id("data", "acme-service-etl");
        let edge = Edge { on, reason: Reason::DependentGoesFirst };
        plan.steps[&stack_id("data", "acme-boundary")].needs.push(edge);
    }

    #[test]
    fn a_sound_plan_passes() {
        assert_eq!(sound().check(), Ok(()));
    }

    #[test]
    fn each_contradiction_is_found() {
        type Break = fn(&mut Plan);
        type Expect = fn(&Contradiction) -> bool;
        let cases: [(Break, Expect); 8] = [
            (
                |plan| {
                    plan.steps.shift_remove(&stack_id("data", "acme-boundary"));
                },
                |found| matches!(found, Contradiction::DanglingEdge { .. }),
            ),
            (boundary_waits_for_role, |found| matches!(found, Contradiction::Loop { .. })),
            (
                |plan| {
                    plan.steps.reverse();
                },
                |found| matches!(found, Contradiction::OutOfOrder { .. }),
            ),
            (|plan| plan.templates.clear(), |found| matches!(found, Contradiction::MissingTemplate { .. })),
            (
                |plan| plan.templates.values_mut().for_each(|body| *body = "{}".into()),
                |found| matches!(found, Contradiction::WrongTemplate { .. }),
            ),
            (
                |plan| {
                    let step = &mut plan.steps[&stack_id("data", "acme-boundary")];
                    let spec = step.action.spec().unwrap().clone();
                    step.action = Action::UpdateStack { spec, stack: String::new() };
                },
                |found| matches!(found, Contradiction::NoId { .. }),
            ),
            (
                |plan| {
                    let mut step = plan.steps[&StepId::Account(name("data"))].clone();
                    step.id = StepId::Account(name("twin"));
                    if let Action::CreateAccount { name: account, .. } = &mut step.action {
                        *account = name("twin");
                    }
                    plan.steps.insert(step.id.clone(), step);
                },
                |found| matches!(found, Contradiction::SameEmail { .. }),
            ),
            (
                |plan| plan.steps[&stack_id("data", "acme-boundary")].action = Action::CreateOrganization,
                |found| matches!(found, Contradiction::Mismatch { .. }),
            ),
        ];
        for (number, (break_it, expected)) in cases.into_iter().enumerate() {
            let mut plan = sound();
            break_it(&mut plan);
            let found = plan.check().unwrap_err();
            assert!(expected(&found), "case {number}: {found}");
        }
    }
}
