//! What CloudFormation says is not believed: what stands in IAM is read, compared, and put right where that can be done.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use landfall_model::{AccountId, AccountName, Arn, Partition};
use landfall_plan::{Difference, IdentityKind, compare};
use landfall_stacks::Identities;
use tokio::time::Instant;

use crate::Outcome;
use crate::expected::Expected;
use crate::failure::{Failure, Progress};
use crate::limit::Endpoint;
use crate::port::IdentityPort;
use crate::retry::Phase;
use crate::revert;
use crate::run::Work;
use crate::shared::Fresh;

/// How long something that CloudFormation made may stay invisible.
const ABSENCE: Duration = Duration::from_secs(30);
/// How often differences are put right before it is given up.
const ROUNDS: u32 = 3;
/// What to do where a difference stays.
const ELSE: &str =
    "something else may be changing IAM in that account, or a guardrail hides it: look at CloudTrail, then run again";
/// How many differences a message names.
const NAMED: usize = 3;

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// All stood as it shall.
    Same,
    /// Something was put right.
    PutRight,
}

/// IAM of one account, and what stacks shall have made there.
pub(crate) struct Account<'a> {
    pub(crate) name: &'a AccountName,
    pub(crate) id: &'a AccountId,
    pub(crate) port: Arc<dyn IdentityPort>,
    pub(crate) expected: Identities,
    partition: Partition,
}

/// What is looked at, and how things that are not there are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope<'a> {
    /// Everything. CloudFormation has just made it: it is waited for, and nobody else makes it.
    Made,
    /// Everything. Nobody has just made it, and nobody makes what is not there.
    Kept,
    /// What was planned. What was seen to be gone is made anew.
    Planned(&'a [Difference]),
}

impl Scope<'_> {
    /// Whether something of what differs may be meant: a listing may leave out what only a single reading tells.
    fn touches(self, found: &Difference) -> bool {
        match self {
            Self::Made | Self::Kept => true,
            Self::Planned(planned) => planned.iter().any(|one| one.kind == found.kind && one.name == found.name),
        }
    }

    fn has(self, found: &Difference) -> bool {
        match self {
            Self::Made | Self::Kept => true,
            // Of what was gone, everything: it is made by several calls.
            Self::Planned(planned) => planned.iter().any(|one| {
                one.kind == found.kind
                    && one.name == found.name
                    && (one.property.is_empty() || one.property == found.property)
            }),
        }
    }
}

impl<'a> Account<'a> {
    /// An account.
    pub(crate) fn new(name: &'a AccountName, id: &'a AccountId, port: Arc<dyn IdentityPort>, all: Expected) -> Self {
        let Expected { identities, partition } = all;
        Self { name, id, port, expected: identities, partition }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::Iam(self.id.clone())
    }

    /// The ARN of one of the expected policies.
    pub(crate) fn policy(&self, name: &str) -> Option<String> {
        let policy = self.expected.policies.get(name)?;
        let resource = ["policy", &policy.path, name].concat();
        Some(Arn::iam(self.partition, self.id, &resource).as_str().to_owned())
    }
}

impl Work {
    /// Compares what stands in IAM with what a stack shall have made, and puts it right.
    ///
    /// # Errors
    /// IAM cannot be read, or what differs stays.
    pub(crate) async fn read_back(&self, account: &Account<'_>) -> Progress<Compared> {
        let words = "CloudFormation reported success, but ";
        self.compared(account, Scope::Made).await.map_err(|left| left.failure(words, ELSE))
    }

    /// As [`Self::read_back`], after a change set that was to revert drift and that came to this. One that did nothing
    /// made nothing that has to be waited for.
    ///
    /// # Errors
    /// IAM cannot be read, or what differs stays.
    pub(crate) async fn read_back_reverted(&self, account: &Account<'_>, outcome: &Outcome) -> Progress<Compared> {
        let scope = if *outcome == Outcome::Unchanged { Scope::Kept } else { Scope::Made };
        self.compared(account, scope).await.map_err(|left| left.failure(revert::words(outcome), revert::OTHERWISE))
    }

    /// Puts right what was seen to differ, what is gone included.
    ///
    /// # Errors
    /// IAM cannot be read, or what differs stays.
    pub(crate) async fn put_identities_right(
        &self,
        account: &Account<'_>,
        planned: &[Difference],
    ) -> Progress<Compared> {
        self.compared(account, Scope::Planned(planned))
            .await
            .map_err(|left| left.failure("it was put right, but ", ELSE))
    }

    async fn compared(&self, account: &Account<'_>, scope: Scope<'_>) -> Result<Compared, Left> {
        if account.expected == Identities::default() {
            return Ok(Compared::Same);
        }
        let mut wait = Duration::from_millis(500);
        let mut rounds = 0;
        let mut differences = compare(&account.expected, &self.listed(account).await?);
        differences.retain(|one| scope.touches(one));
        if !differences.is_empty() {
            // Some endpoints leave fields out of the listing: only a single reading is believed.
            differences = compare(&account.expected, &self.single(account, &differences).await?);
            differences.retain(|one| scope.has(one));
        }
        let mut since = Instant::now();
        while !differences.is_empty() {
            // What was made a moment ago, by CloudFormation or by this run, may take a while to be seen.
            let made = scope == Scope::Made || (rounds > 0 && scope != Scope::Kept);
            if made && differences.iter().any(absent) && since.elapsed() + wait <= ABSENCE {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(5));
            } else {
                let there = differences.iter().filter(|one| matches!(scope, Scope::Planned(_)) || !absent(one));
                let calls = self.order(account, &there.cloned().collect::<Vec<_>>()).await?;
                if calls.is_empty() || rounds == ROUNDS {
                    return Err(Left::Differences(differences));
                }
                self.put_right(account, calls).await?;
                rounds += 1;
                (since, wait) = (Instant::now(), Duration::from_millis(500));
            }
            differences = compare(&account.expected, &self.single(account, &differences).await?);
            differences.retain(|one| scope.has(one));
        }
        Ok(if rounds == 0 { Compared::Same } else { Compared::PutRight })
    }

    /// The expected identities out of one listing that others share.
    async fn listed(&self, account: &Account<'_>) -> Progress<Identities> {
        let reading = self.run.readings.of(account.name.clone());
        if reading.useless.load(Ordering::Relaxed) {
            return self.every(account).await;
        }
        let endpoint = account.endpoint();
        let make = || self.call(&endpoint, Phase::Read, || account.port.all());
        let all = reading.shared.read(Fresh::AfterNow, make).await;
        let Ok(all) = all.as_ref() else {
            reading.useless.store(true, Ordering::Relaxed);
            return self.every(account).await;
        };
        let mut live = Identities::default();
        let expected = &account.expected;
        live.roles.extend(all.roles.iter().filter(|(name, _)| expected.roles.contains_key(*name)).map(cloned));
        live.policies.extend(all.policies.iter().filter(|(name, _)| expected.policies.contains_key(*name)).map(cloned));
        live.profiles.extend(all.profiles.iter().filter(|(name, _)| expected.profiles.contains_key(*name)).map(cloned));
        for arn in expected.providers.keys() {
            self.one(account, IdentityKind::Provider, arn, &mut live).await?;
        }
        Ok(live)
    }

    async fn every(&self, account: &Account<'_>) -> Progress<Identities> {
        let mut live = Identities::default();
        for name in account.expected.roles.keys() {
            self.one(account, IdentityKind::Role, name.as_str(), &mut live).await?;
        }
        for name in account.expected.policies.keys() {
            self.one(account, IdentityKind::Policy, name.as_str(), &mut live).await?;
        }
        for name in account.expected.profiles.keys() {
            self.one(account, IdentityKind::InstanceProfile, name, &mut live).await?;
        }
        for arn in account.expected.providers.keys() {
            self.one(account, IdentityKind::Provider, arn, &mut live).await?;
        }
        Ok(live)
    }

    /// The expected identities, those read singly that differ.
    async fn single(&self, account: &Account<'_>, differences: &[Difference]) -> Progress<Identities> {
        let mut live = account.expected.clone();
        let mut read: Vec<(IdentityKind, &str)> =
            differences.iter().map(|difference| (difference.kind, difference.name.as_str())).collect();
        read.sort_unstable();
        read.dedup();
        for (kind, name) in read {
            self.one(account, kind, name, &mut live).await?;
        }
        Ok(live)
    }

    /// Reads one identity into `live`; one that is not there is taken out.
    async fn one(&self, account: &Account<'_>, kind: IdentityKind, name: &str, live: &mut Identities) -> Progress<()> {
        let endpoint = account.endpoint();
        let read = match kind {
            IdentityKind::Role => match account.expected.roles.get_key_value(name) {
                Some((role, _)) => self.call(&endpoint, Phase::Read, || account.port.role(role)).await.map(|found| {
                    live.roles.remove(role);
                    live.roles.extend(found.map(|found| (role.clone(), found)));
                }),
                None => Ok(()),
            },
            IdentityKind::Policy => match account.expected.policies.get_key_value(name).zip(account.policy(name)) {
                Some(((policy, _), arn)) => {
                    self.call(&endpoint, Phase::Read, || account.port.policy(&arn)).await.map(|found| {
                        live.policies.remove(policy);
                        live.policies.extend(found.map(|found| (policy.clone(), found)));
                    })
                }
                None => Ok(()),
            },
            IdentityKind::InstanceProfile => {
                self.call(&endpoint, Phase::Read, || account.port.profile(name)).await.map(|found| {
                    live.profiles.remove(name);
                    live.profiles.extend(found.map(|found| (name.to_owned(), found)));
                })
            }
            IdentityKind::Provider => {
                self.call(&endpoint, Phase::Read, || account.port.provider(name)).await.map(|found| {
                    live.providers.remove(name);
                    live.providers.extend(found.map(|found| (name.to_owned(), found)));
                })
            }
        };
        read.map_err(|fault| Failure::call("what the stack made could not be read back", fault))
    }
}

fn cloned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

/// Why it ended before all was as it shall be.
enum Left {
    /// A call failed.
    Failed(Box<Failure>),
    /// It stays as it is, whatever is done.
    Differences(Vec<Difference>),
}

impl From<Box<Failure>> for Left {
    fn from(failure: Box<Failure>) -> Self {
        Self::Failed(failure)
    }
}

impl Left {
    fn failure(self, words: &str, hint: &str) -> Box<Failure> {
        match self {
            Self::Failed(failure) => failure,
            Self::Differences(differences) => remains(words, &differences).hint(hint),
        }
    }
}

fn absent(difference: &Difference) -> bool {
    difference.property.is_empty() && difference.live.is_null()
}

/// `role acme-x: PermissionsBoundary`
pub(crate) fn label(kind: IdentityKind, name: &str, property: &str) -> String {
    let kind = match kind {
        IdentityKind::Role => "role",
        IdentityKind::Policy => "policy",
        IdentityKind::InstanceProfile => "instance profile",
        IdentityKind::Provider => "identity provider",
    };
    if property.is_empty() { format!("{kind} {name}") } else { format!("{kind} {name}: {property}") }
}

fn remains(words: &str, differences: &[Difference]) -> Box<Failure> {
    let named = differences.iter().take(NAMED).map(|difference| {
        let label = label(difference.kind, &difference.name, &difference.property);
        if absent(difference) {
            format!("{label} is not there")
        } else if difference.live.is_null() {
            format!("{label} is missing")
        } else if difference.desired.is_null() {
            format!("{label} should not be there")
        } else {
            format!("{label} is not as the template says")
        }
    });
    let mut text = named.collect::<Vec<_>>().join("; ");
    if differences.len() > NAMED {
        text.push_str(&format!("; and {} more", differences.len() - NAMED));
    }
    let failure = Failure::new(format!("{words}{text}"));
    match differences.first() {
        Some(first) => failure.resource(label(first.kind, &first.name, "")),
        None => failure,
    }
}
