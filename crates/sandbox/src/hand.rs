//! What somebody does by hand, past Landfall: for tests, and to see a drift being found.

use std::collections::BTreeMap;

use landfall_model::{AccountId, Email, PolicyName, Region, RoleName, StackName};
use landfall_plan::{AccountStatus, StackStatus};
use landfall_stacks::{ManagedPolicy, Role};
use serde_json::Value;

use crate::iam::{self, Place};
use crate::rows::{self, AccountRow, StackRow, UserRow};
use crate::sandbox::Sandbox;
use crate::world::World;
use crate::{Refusal, SandboxError, creation, entities};

/// An account that is there before Landfall comes.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its id; `None` takes a new one.
    pub id: Option<AccountId>,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: Email,
    /// The role that the management account can assume in it; `None` for an account that was invited.
    pub access_role: Option<RoleName>,
}

/// Hands on the sandbox. What IAM refuses is refused here too.
#[derive(Clone)]
pub struct Hand {
    sandbox: Sandbox,
}

impl Sandbox {
    /// Somebody who does things by hand.
    pub fn hand(&self) -> Hand {
        Hand { sandbox: self.clone() }
    }
}

type Done = Result<(), HandError>;

/// Why something could not be done by hand.
#[derive(Debug, thiserror::Error)]
pub enum HandError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be saved.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

impl Hand {
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World, u64) -> Result<T, Refusal>) -> Result<T, HandError> {
        Ok(self.sandbox.inner.act(act)??)
    }

    fn change(&self, account: &AccountId, role: &RoleName, change: impl FnOnce(&mut Role)) -> Done {
        self.act(|world, now| {
            let place = Place { account, stack: None, now };
            iam::change_role(world, place, role, |live| {
                change(live);
                Ok(())
            })
        })
    }

    /// Puts an account into the organization's root, as if it had been there before.
    ///
    /// # Errors
    /// There is no organization, or the id or address is taken.
    pub fn adopt(&self, seed: &Seed) -> Result<AccountId, HandError> {
        self.act(|world, now| {
            let root = world.organization.get().as_ref().map(|row| row.root.clone());
            let root = root.ok_or_else(|| Refusal::missing("Your account is not a member of an organization."))?;
            let key = seed.email.key();
            let taken = |row: &AccountRow| Some(&row.id) == seed.id.as_ref() || row.email.key() == key;
            if world.accounts.iter().any(|(_, row)| taken(row)) {
                return Err(Refusal::exists(format!("an account with the id or address of {} exists", seed.name)));
            }
            let id = match &seed.id {
                Some(id) => id.clone(),
                None => creation::new_account_id(world).ok_or_else(|| Refusal::limit("no account id is left"))?,
            };
            let row = AccountRow {
                id: id.clone(),
                name: seed.name.clone(),
                email: seed.email.clone(),
                status: AccountStatus::Active,
                parent: root,
                tags: BTreeMap::new(),
                open_from: now,
            };
            world.accounts.insert(id.as_str(), row);
            if let Some(role) = &seed.access_role {
                creation::give_access(world, &id, role, now);
            }
            Ok(id)
        })
    }

    /// Closes an account, or opens it again.
    ///
    /// # Errors
    /// There is no such account.
    pub fn set_status(&self, account: &AccountId, status: AccountStatus) -> Done {
        self.act(|world, _| match world.accounts.get_mut(account.as_str()) {
            Some(row) => {
                row.status = status;
                Ok(())
            }
            None => Err(Refusal::missing("You specified an account that doesn't exist.")),
        })
    }

    /// Makes an IAM user, such as one that may break glass. One that is there stays.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn add_user(&self, account: &AccountId, name: &str) -> Done {
        self.act(|world, now| {
            let key = rows::key(account, name);
            if world.users.get(&key).is_none() {
                world.users.insert(key, UserRow { name: name.to_owned(), path: "/".to_owned(), made: now });
            }
            Ok(())
        })
    }

    /// Makes a role.
    ///
    /// # Errors
    /// IAM would refuse it.
    pub fn create_role(&self, account: &AccountId, role: &Role) -> Done {
        self.act(|world, now| iam::create_role(world, Place { account, stack: None, now }, role))
    }

    /// Makes a customer managed policy.
    ///
    /// # Errors
    /// IAM would refuse it.
    pub fn create_policy(&self, account: &AccountId, policy: &ManagedPolicy) -> Done {
        self.act(|world, now| entities::create_policy(world, Place { account, stack: None, now }, policy))
    }

    /// Deletes a role with all that hangs on it.
    ///
    /// # Errors
    /// There is no such role.
    pub fn delete_role(&self, account: &AccountId, role: &RoleName) -> Done {
        self.change(account, role, |live| {
            live.inline.clear();
            live.attached.clear();
        })?;
        self.act(|world, _| {
            let holders: Vec<String> = world
                .profiles
                .under(&rows::prefix(account))
                .filter(|(_, profile)| profile.roles.contains(role))
                .map(|(key, _)| key.clone())
                .collect();
            for key in holders {
                if let Some(profile) = world.profiles.get_mut(&key) {
                    profile.roles.remove(role);
                }
            }
            iam::delete_role(world, account, role)
        })
    }

    /// Takes a role's boundary away.
    ///
    /// # Errors
    /// There is no such role.
    pub fn remove_boundary(&self, account: &AccountId, role: &RoleName) -> Done {
        self.change(account, role, |live| live.boundary = None)
    }

    /// Attaches a managed policy to a role.
    ///
    /// # Errors
    /// There is no such role or policy.
    pub fn attach(&self, account: &AccountId, role: &RoleName, policy: &str) -> Done {
        self.change(account, role, |live| {
            live.attached.insert(policy.to_owned());
        })
    }

    /// Detaches a managed policy from a role.
    ///
    /// # Errors
    /// There is no such role.
    pub fn detach(&self, account: &AccountId, role: &RoleName, policy: &str) -> Done {
        self.change(account, role, |live| {
            live.attached.remove(policy);
        })
    }

    /// Puts an inline policy on a role.
    ///
    /// # Errors
    /// There is no such role, or IAM would refuse the policy.
    pub fn put_inline(&self, account: &AccountId, role: &RoleName, name: &PolicyName, document: &Value) -> Done {
        self.change(account, role, |live| {
            live.inline.insert(name.clone(), document.into());
        })
    }

    /// Sets a role's trust policy.
    ///
    /// # Errors
    /// There is no such role, or IAM would refuse the policy.
    pub fn put_trust(&self, account: &AccountId, role: &RoleName, document: &Value) -> Done {
        self.change(account, role, |live| live.trust = document.into())
    }

    /// Adds a statement to a role's trust policy that lets one more principal in.
    ///
    /// # Errors
    /// There is no such role or principal.
    pub fn widen_trust(&self, account: &AccountId, role: &RoleName, principal: &str) -> Done {
        let statement = serde_json::json!({
            "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole"
        });
        self.change(account, role, |live| {
            live.trust.change(|json| {
                if let Some(Value::Array(statements)) = json.get_mut("Statement") {
                    statements.push(statement);
                }
            });
        })
    }

    /// Changes a customer managed policy's document.
    ///
    /// # Errors
    /// There is no such policy, or IAM would refuse the document.
    pub fn put_policy(&self, account: &AccountId, arn: &str, document: &Value) -> Done {
        self.act(|world, _| entities::put_policy(world, account, arn, document))
    }

    /// Leaves a stack behind in a status, with nothing in it, such as the `REVIEW_IN_PROGRESS` shell of a change set
    /// that nobody carried out. Its id comes back.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn leave_stack(
        &self,
        account: &AccountId,
        region: &Region,
        name: &StackName,
        status: StackStatus,
    ) -> Result<String, HandError> {
        self.act(|world, _| {
            let stack = StackRow::shell(&world.draw("stack"), (account, region), name, status);
            let id = stack.id.clone();
            world.stacks.insert(stack.key(), stack);
            Ok(id)
        })
    }
}
