//! The file of a new account.

use std::collections::BTreeMap;

use crate::write::{flow_map, scalar};
use crate::{ACCOUNTS_FOLDER, AccountId, AccountName, Email, TagKey, UnitPath};

/// An account that is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDraft {
    /// Its name.
    pub name: AccountName,
    /// Its id, of one that exists.
    pub id: Option<AccountId>,
    /// Its root user's address.
    pub email: Email,
    /// The unit that it belongs in; `None` is the root.
    pub unit: Option<UnitPath>,
    /// Its tags.
    pub tags: BTreeMap<TagKey, String>,
}

impl AccountDraft {
    /// Where the account's file stands, relative to the configuration folder.
    pub fn file(&self) -> String {
        [ACCOUNTS_FOLDER, "/", self.name.as_str(), ".yaml"].concat()
    }

    /// The file.
    pub fn yaml(&self) -> String {
        let mut out = String::from(
            "# An account is known by its e-mail address: one that exists is found, one that does not is made.\n",
        );
        out.push_str(&format!("account: {}\n", scalar(self.name.as_str())));
        if let Some(id) = &self.id {
            out.push_str(&format!("id: {}\n", scalar(id.as_str())));
        }
        out.push_str(&format!("email: {}\n", scalar(self.email.as_str())));
        match &self.unit {
            Some(unit) => out.push_str(&format!("unit: {}\n", scalar(unit.as_str()))),
            None => out.push_str("# unit: one of `organization.units`; without one it stands in the root\n"),
        }
        if self.tags.is_empty() {
            out.push_str("# tags: { env: prod }\n");
        } else {
            let tags = self.tags.iter().map(|(key, value)| (key.as_str(), value));
            out.push_str(&format!("tags: {}\n", flow_map(tags)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load_files;
    use crate::read::tests::trial::base;

    fn draft() -> AccountDraft {
        AccountDraft {
            name: AccountName::new("ml-dev").unwrap(),
            id: Some(AccountId::new("012345678901").unwrap()),
            email: Email::new("aws+ml-dev@acme.example").unwrap(),
            unit: Some(UnitPath::new("workloads/prod").unwrap()),
            tags: BTreeMap::from([(TagKey::new("cost center").unwrap(), "1234".to_owned())]),
        }
    }

    #[test]
    fn a_written_account_reads_back_without_a_word() {
        let bare = AccountDraft { id: None, unit: None, tags: BTreeMap::new(), ..draft() };
        for draft in [draft(), bare] {
            let mut files = base();
            files.insert(draft.file(), draft.yaml().into_bytes());
            let loaded = load_files(&files);
            assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
            let read = loaded.foundation.unwrap().accounts.swap_remove(&draft.name).unwrap();
            assert_eq!((read.id, read.email, read.unit), (draft.id, draft.email, draft.unit));
            assert_eq!(read.tags.into_iter().collect::<BTreeMap<_, _>>(), draft.tags);
        }
    }

    #[test]
    fn the_file_explains_itself() {
        insta::assert_snapshot!(draft().yaml(), @r#"
        # An account is known by its e-mail address: one that exists is found, one that does not is made.
        account: ml-dev
        id: "012345678901"
        email: aws+ml-dev@acme.example
        unit: workloads/prod
        tags: { "cost center": "1234" }
        "#);
    }
}
