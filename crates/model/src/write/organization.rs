//! The folder of an organization that exists.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::write::{AccountDraft, flow_list, flow_map, scalar};
use crate::{AccountName, GuardrailKind, ItemName, MAIN_FILE, OrganizationName, Region, RoleName, TagKey, UnitPath};

/// An organization that is to be written down.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationDraft {
    /// Its short name, the prefix of all that Landfall will own in it.
    pub name: OrganizationName,
    /// Where the stacks live.
    pub home_region: Region,
    /// The management account.
    pub management: AccountName,
    /// The role that is assumed in member accounts.
    pub access_role: RoleName,
    /// The tags that all accounts have.
    pub tags: BTreeMap<TagKey, String>,
    /// Units.
    pub units: Vec<UnitPath>,
    /// Accounts, the management account first, each with a remark.
    pub accounts: Vec<(AccountDraft, Option<String>)>,
    /// Guardrails.
    pub guardrails: Vec<GuardrailDraft>,
    /// What is there and cannot be written down, a line each.
    pub left_alone: Vec<String>,
}

/// A guardrail that is to be written down, with a file of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardrailDraft {
    /// Its name, without the organization's.
    pub name: ItemName,
    /// Its type.
    pub kind: GuardrailKind,
    /// What it says.
    pub content: Value,
    /// Where it is attached, as `attach:` takes it.
    pub attach: Vec<String>,
}

impl GuardrailDraft {
    fn file(&self) -> String {
        ["guardrails/", self.name.as_str(), ".json"].concat()
    }
}

impl OrganizationDraft {
    /// The files by their names in the folder.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::from([(MAIN_FILE.to_owned(), self.main())]);
        for guardrail in &self.guardrails {
            files.insert(guardrail.file(), format!("{:#}\n", guardrail.content));
        }
        files
    }

    fn main(&self) -> String {
        let mut out = format!(
            "# Organization {}, as it was found. `landfall plan` on this folder shows nothing to do; write below what shall\n\
             # be, and it shows what that would change.\n",
            self.name
        );
        if !self.left_alone.is_empty() {
            out.push_str("#\n# There as well, and left alone:\n");
            for line in &self.left_alone {
                out.push_str(&format!("# - {line}\n"));
            }
        }
        out.push_str("version: 1\n\norganization:\n");
        let mut line = |key: &str, value: String, comment: &str| {
            let text = format!("  {key}: {value}");
            let padded = if comment.is_empty() { text } else { format!("{text:35} # {comment}") };
            out.push_str(&format!("{padded}\n"));
        };
        line("name", scalar(self.name.as_str()), "prefix of every stack, role and policy that Landfall owns");
        line("home_region", scalar(self.home_region.as_str()), "where the stacks live; IAM itself is global");
        line("management_account", scalar(self.management.as_str()), "");
        line("access_role", scalar(self.access_role.as_str()), "what Landfall assumes in member accounts");
        if !self.tags.is_empty() {
            line("tags", tags(&self.tags), "on every account; on every stack and unit that is made");
        }
        if !self.units.is_empty() {
            out.push_str("  units:\n");
        }
        for unit in &self.units {
            out.push_str(&format!("    - {}\n", scalar(unit.as_str())));
        }
        out.push_str("\naccounts:\n");
        for (account, remark) in &self.accounts {
            out.push_str(&format!("  {}\n", entry(account, remark.as_deref())));
        }
        if !self.guardrails.is_empty() {
            out.push_str("\nguardrails:\n");
        }
        for one in &self.guardrails {
            let kind = match one.kind {
                GuardrailKind::ServiceControl => String::new(),
                GuardrailKind::ResourceControl => ", type: rcp".to_owned(),
            };
            let (name, file, attach) = (scalar(one.name.as_str()), scalar(&one.file()), flow_list(&one.attach));
            out.push_str(&format!("  - {{ name: {name}, policy: {file}, attach: {attach}{kind} }}\n"));
        }
        out.push_str(NEXT);
        out
    }
}

/// What a newcomer writes first.
const NEXT: &str = "
# The way in when single sign-on is down; write it first. `landfall init` in another folder shows every section.
# break_glass:
#   home: ACCOUNT                   # people arrive in this account
#   trusted_users: [alice, bob]     # IAM users in the home account, with hardware MFA
#   accounts: [all]                 # take the management account away with \"!NAME\"
#   tiers: { responder: { access: administrator } }
";

fn tags(all: &BTreeMap<TagKey, String>) -> String {
    flow_map(all.iter().map(|(key, value)| (key.as_str(), value)))
}

fn entry(account: &AccountDraft, remark: Option<&str>) -> String {
    let mut parts = Vec::new();
    if let Some(id) = &account.id {
        parts.push(format!("id: {}", scalar(id.as_str())));
    }
    parts.push(format!("email: {}", scalar(account.email.as_str())));
    if let Some(unit) = &account.unit {
        parts.push(format!("unit: {}", scalar(unit.as_str())));
    }
    if !account.tags.is_empty() {
        parts.push(format!("tags: {}", tags(&account.tags)));
    }
    let remark = remark.map(|text| format!("   # {}", text.replace(['\n', '\r'], " "))).unwrap_or_default();
    format!("{}: {{ {} }}{remark}", scalar(account.name.as_str()), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{AccountId, Attachment, Email, load_files};

    fn account(name: &str, id: &str, unit: Option<&str>, tag: Option<&str>) -> AccountDraft {
        AccountDraft {
            name: AccountName::new(name).unwrap(),
            id: Some(AccountId::new(id).unwrap()),
            email: Email::new(format!("{name}@acme.example")).unwrap(),
            unit: unit.map(|path| UnitPath::new(path).unwrap()),
            tags: tag.map(|value| (TagKey::new("env").unwrap(), value.to_owned())).into_iter().collect(),
        }
    }

    fn draft() -> OrganizationDraft {
        OrganizationDraft {
            name: OrganizationName::new("acme").unwrap(),
            home_region: Region::new("eu-west-1").unwrap(),
            management: AccountName::new("root-account").unwrap(),
            access_role: RoleName::new("OrganizationAccountAccessRole").unwrap(),
            tags: BTreeMap::from([(TagKey::new("owner").unwrap(), "platform".to_owned())]),
            units: vec![UnitPath::new("Work loads").unwrap(), UnitPath::new("Work loads/prod").unwrap()],
            accounts: vec![
                (account("root-account", "111111111111", None, None), None),
                (
                    account("data", "022222222222", Some("Work loads/prod"), Some("prod: 1")),
                    Some("called `Data!` in Organizations".to_owned()),
                ),
            ],
            guardrails: vec![GuardrailDraft {
                name: ItemName::new("no-leave").unwrap(),
                kind: GuardrailKind::ServiceControl,
                content: json!({ "Version": "2012-10-17", "Statement": [
                    { "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*" }] }),
                attach: vec!["root".to_owned(), "unit:Work loads".to_owned()],
            }],
            left_alone: vec!["account 333333333333 is suspended".to_owned()],
        }
    }

    #[test]
    fn a_written_organization_reads_back() {
        let draft = draft();
        let files = draft.files().into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        let loaded = load_files(&files);
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let foundation = loaded.foundation.unwrap();
        assert_eq!(foundation.organization.units, draft.units);
        let names: Vec<&str> = foundation.accounts.keys().map(AccountName::as_str).collect();
        assert_eq!(names, ["root-account", "data"]);
        let data = &foundation.accounts["data"];
        assert_eq!(data.unit, Some(UnitPath::new("Work loads/prod").unwrap()));
        assert_eq!(
            data.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>(),
            [("owner", "platform"), ("env", "prod: 1")]
        );
        let unit = Attachment::Unit(UnitPath::new("Work loads").unwrap());
        assert_eq!(foundation.guardrails[0].attach, [Attachment::Root, unit]);
    }

    #[test]
    fn the_file_says_what_was_left_alone() {
        insta::assert_snapshot!(draft().main(), @r#"
        # Organization acme, as it was found. `landfall plan` on this folder shows nothing to do; write below what shall
        # be, and it shows what that would change.
        #
        # There as well, and left alone:
        # - account 333333333333 is suspended
        version: 1

        organization:
          name: acme                        # prefix of every stack, role and policy that Landfall owns
          home_region: eu-west-1            # where the stacks live; IAM itself is global
          management_account: root-account
          access_role: OrganizationAccountAccessRole # what Landfall assumes in member accounts
          tags: { owner: platform }         # on every account; on every stack and unit that is made
          units:
            - "Work loads"
            - "Work loads/prod"

        accounts:
          root-account: { id: "111111111111", email: root-account@acme.example }
          data: { id: "022222222222", email: data@acme.example, unit: "Work loads/prod", tags: { env: "prod: 1" } }   # called `Data!` in Organizations

        guardrails:
          - { name: no-leave, policy: guardrails/no-leave.json, attach: [root, "unit:Work loads"] }

        # The way in when single sign-on is down; write it first. `landfall init` in another folder shows every section.
        # break_glass:
        #   home: ACCOUNT                   # people arrive in this account
        #   trusted_users: [alice, bob]     # IAM users in the home account, with hardware MFA
        #   accounts: [all]                 # take the management account away with "!NAME"
        #   tiers: { responder: { access: administrator } }
        "#);
    }
}
