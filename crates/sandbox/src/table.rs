//! Rows that remember which of them were changed, so that only those are written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A sort of rows by key.
#[derive(Debug)]
pub(crate) struct Table<V> {
    rows: BTreeMap<String, V>,
    changed: BTreeSet<String>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<V> Table<V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.rows.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        self.changed.insert(key.to_owned());
        Some(row)
    }

    pub(crate) fn insert(&mut self, key: impl Into<String>, row: V) {
        let key = key.into();
        self.changed.insert(key.clone());
        self.rows.insert(key, row);
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let row = self.rows.remove(key)?;
        self.changed.insert(key.to_owned());
        Some(row)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows whose keys begin with a prefix, without looking at others.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a V)> {
        self.rows.range(prefix.to_owned()..).take_while(move |(key, _)| key.starts_with(prefix))
    }

    pub(crate) fn changed(&self) -> usize {
        self.changed.len()
    }

    pub(crate) fn forget_changes(&mut self) {
        self.changed.clear();
    }
}

/// A row on its way to or from the file; no value means that the row is gone.
pub(crate) type Line = (String, String, Option<Value>);

impl<V: Serialize + DeserializeOwned> Table<V> {
    /// Takes the changes out.
    pub(crate) fn drain(&mut self, name: &str, out: &mut Vec<Line>) -> Result<(), serde_json::Error> {
        for key in std::mem::take(&mut self.changed) {
            let row = self.rows.get(&key).map(serde_json::to_value).transpose()?;
            out.push((name.to_owned(), key, row));
        }
        Ok(())
    }

    /// Hands every row out.
    pub(crate) fn each<E: From<serde_json::Error>>(
        &self,
        name: &str,
        take: &mut dyn FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        for (key, row) in &self.rows {
            take((name.to_owned(), key.clone(), Some(serde_json::to_value(row)?)))?;
        }
        Ok(())
    }

    /// Puts back what was read.
    pub(crate) fn restore(&mut self, key: String, row: Option<Value>) -> Result<(), serde_json::Error> {
        match row {
            Some(row) => self.rows.insert(key, serde_json::from_value(row)?),
            None => self.rows.remove(&key),
        };
        Ok(())
    }
}

/// One value that remembers whether it was changed.
#[derive(Debug)]
pub(crate) struct Cell<T> {
    value: T,
    changed: bool,
}

impl<T> Cell<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value, changed: true }
    }

    pub(crate) fn get(&self) -> &T {
        &self.value
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }

    pub(crate) fn changed(&self) -> bool {
        self.changed
    }
}

impl<T: Serialize + DeserializeOwned> Cell<T> {
    pub(crate) fn drain(&mut self, name: &str, out: &mut Vec<Line>) -> Result<(), serde_json::Error> {
        if std::mem::take(&mut self.changed) {
            out.push((name.to_owned(), String::new(), Some(serde_json::to_value(&self.value)?)));
        }
        Ok(())
    }

    pub(crate) fn restore(&mut self, value: Value) -> Result<(), serde_json::Error> {
        self.value = serde_json::from_value(value)?;
        self.changed = false;
        Ok(())
    }
}
