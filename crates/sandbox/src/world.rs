//! Everything that is there, and what is still to happen.

use std::collections::BTreeMap;
use std::sync::Arc;

use landfall_model::{AccountId, Arn};
use landfall_stacks::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Settings;
use crate::clock::{Millis, NEVER};
use crate::rows::{
    AccountRow, ChangeSetRow, CreationRow, GuardrailRow, OrganizationRow, OtherRow, PolicyRow, ProfileRow, Progress,
    ProviderRow, RoleRow, StackRow, UnitRow, UserRow,
};
use crate::table::{Cell, Line, Table};

/// What counts on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) ids: u64,
    /// By fault rule, how many calls matched.
    pub(crate) hits: Vec<u64>,
}

/// Something that will happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// The creation of an account ends, by its request's id.
    Creation(String),
    /// A phase of a stack's operation ends, by the stack's key.
    Stack(String),
}

/// The whole state. Keys of IAM rows are `account/name` in lower case, those of stacks `account/region/name/uuid`.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Cell<Settings>,
    pub(crate) counters: Cell<Counters>,
    pub(crate) organization: Cell<Option<OrganizationRow>>,
    pub(crate) units: Table<UnitRow>,
    pub(crate) accounts: Table<AccountRow>,
    pub(crate) creations: Table<CreationRow>,
    /// Organization policies by id, without those of AWS.
    pub(crate) guardrails: Table<GuardrailRow>,
    /// Template texts by digest, each kept once.
    pub(crate) templates: Table<Arc<str>>,
    pub(crate) stacks: Table<StackRow>,
    pub(crate) change_sets: Table<ChangeSetRow>,
    pub(crate) roles: Table<RoleRow>,
    pub(crate) users: Table<UserRow>,
    pub(crate) policies: Table<PolicyRow>,
    pub(crate) profiles: Table<ProfileRow>,
    pub(crate) providers: Table<ProviderRow>,
    /// Resources of other services, by `account/region/type/name`.
    pub(crate) others: Table<OtherRow>,
    due: BTreeMap<(Millis, u64), Due>,
    scheduled: u64,
}

macro_rules! tables {
    ($world:ident, $do:ident ! ($($args:tt)*)) => {
        $do!($world, units, "unit", $($args)*);
        $do!($world, accounts, "account", $($args)*);
        $do!($world, creations, "creation", $($args)*);
        $do!($world, guardrails, "guardrail", $($args)*);
        $do!($world, templates, "template", $($args)*);
        $do!($world, stacks, "stack", $($args)*);
        $do!($world, change_sets, "change-set", $($args)*);
        $do!($world, roles, "role", $($args)*);
        $do!($world, users, "user", $($args)*);
        $do!($world, policies, "policy", $($args)*);
        $do!($world, profiles, "profile", $($args)*);
        $do!($world, providers, "provider", $($args)*);
        $do!($world, others, "other", $($args)*);
    };
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings: Cell::new(settings),
            counters: Cell::new(Counters::default()),
            organization: Cell::new(None),
            units: Table::default(),
            accounts: Table::default(),
            creations: Table::default(),
            guardrails: Table::default(),
            templates: Table::default(),
            stacks: Table::default(),
            change_sets: Table::default(),
            roles: Table::default(),
            users: Table::default(),
            policies: Table::default(),
            profiles: Table::default(),
            providers: Table::default(),
            others: Table::default(),
            due: BTreeMap::new(),
            scheduled: 0,
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.settings.get()
    }

    /// Text that is the same whenever the same calls are made with the same seed: 64 hex digits.
    pub(crate) fn draw(&mut self, what: &str) -> String {
        let seed = self.settings().seed;
        let counters = self.counters.get_mut();
        counters.ids += 1;
        let place = format!("{what} {seed} {}", counters.ids);
        Digest::of(place).as_str().to_owned()
    }

    /// The ARN of an IAM resource.
    pub(crate) fn iam_arn(&self, account: &AccountId, resource: &str) -> String {
        Arn::iam(self.settings().partition, account, resource).as_str().to_owned()
    }

    pub(crate) fn keep_template(&mut self, text: &Arc<str>) -> String {
        let digest = Digest::of(text.as_bytes()).as_str().to_owned();
        if self.templates.get(&digest).is_none() {
            self.templates.insert(digest.clone(), text.clone());
        }
        digest
    }

    pub(crate) fn schedule_creation(&mut self, at: Millis, request: &str) {
        self.schedule(at, Due::Creation(request.to_owned()));
    }

    pub(crate) fn schedule_stack(&mut self, at: Millis, key: &str) {
        self.schedule(at, Due::Stack(key.to_owned()));
    }

    fn schedule(&mut self, at: Millis, due: Due) {
        if at < NEVER {
            self.scheduled += 1;
            self.due.insert((at, self.scheduled), due);
        }
    }

    /// Takes out the next that was due by now, with when it was.
    pub(crate) fn next_due(&mut self, now: Millis) -> Option<(Millis, Due)> {
        let entry = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some((entry.key().0, entry.remove()))
    }

    /// Takes out what changed since the last time.
    pub(crate) fn drain(&mut self) -> Result<Vec<Line>, serde_json::Error> {
        let mut out = Vec::new();
        self.settings.drain("settings", &mut out)?;
        self.counters.drain("counters", &mut out)?;
        self.organization.drain("organization", &mut out)?;
        macro_rules! drain {
            ($world:ident, $table:ident, $name:literal, $out:expr) => {
                $world.$table.drain($name, $out)?
            };
        }
        tables!(self, drain!(&mut out));
        Ok(out)
    }

    /// Whether there is anything to drain.
    pub(crate) fn changed(&self) -> bool {
        let mut changed =
            usize::from(self.settings.changed() || self.counters.changed() || self.organization.changed());
        macro_rules! count {
            ($world:ident, $table:ident, $name:literal, $sum:ident) => {
                $sum += $world.$table.changed()
            };
        }
        tables!(self, count!(changed));
        changed > 0
    }

    /// Forgets what changed, where nobody keeps it.
    pub(crate) fn forget_changes(&mut self) {
        macro_rules! forget {
            ($world:ident, $table:ident, $name:literal,) => {
                $world.$table.forget_changes()
            };
        }
        tables!(self, forget!());
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        let mut rows = 3;
        macro_rules! count {
            ($world:ident, $table:ident, $name:literal, $sum:ident) => {
                $sum += $world.$table.len()
            };
        }
        tables!(self, count!(rows));
        rows
    }

    /// Hands every row out.
    pub(crate) fn each<E: From<serde_json::Error>>(
        &self,
        take: &mut dyn FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        take(("settings".to_owned(), String::new(), Some(serde_json::to_value(self.settings.get())?)))?;
        take(("counters".to_owned(), String::new(), Some(serde_json::to_value(self.counters.get())?)))?;
        take(("organization".to_owned(), String::new(), Some(serde_json::to_value(self.organization.get())?)))?;
        macro_rules! each {
            ($world:ident, $table:ident, $name:literal, $take:expr) => {
                $world.$table.each($name, $take)?
            };
        }
        tables!(self, each!(take));
        Ok(())
    }

    /// Puts a row back; an unknown sort of row is refused.
    pub(crate) fn restore(&mut self, (name, key, row): Line) -> Result<bool, serde_json::Error> {
        match name.as_str() {
            "settings" => self.settings.restore(row.unwrap_or(Value::Null))?,
            "counters" => self.counters.restore(row.unwrap_or(Value::Null))?,
            "organization" => self.organization.restore(row.unwrap_or(Value::Null))?,
            "unit" => self.units.restore(key, row)?,
            "account" => self.accounts.restore(key, row)?,
            "creation" => self.creations.restore(key, row)?,
            "guardrail" => self.guardrails.restore(key, row)?,
            "template" => self.templates.restore(key, row)?,
            "stack" => self.stacks.restore(key, row)?,
            "change-set" => self.change_sets.restore(key, row)?,
            "role" => self.roles.restore(key, row)?,
            "user" => self.users.restore(key, row)?,
            "policy" => self.policies.restore(key, row)?,
            "profile" => self.profiles.restore(key, row)?,
            "provider" => self.providers.restore(key, row)?,
            "other" => self.others.restore(key, row)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Schedules what was still to happen when the rows were written.
    pub(crate) fn resume(&mut self) {
        let mut due = Vec::new();
        for (request, creation) in self.creations.iter() {
            if let Progress::Until(at) = creation.state {
                due.push((at, Due::Creation(request.clone())));
            }
        }
        for (key, stack) in self.stacks.iter() {
            if let Some(operation) = &stack.operation {
                due.push((operation.due, Due::Stack(key.clone())));
            }
        }
        for (at, due) in due {
            self.schedule(at, due);
        }
    }
}
