//! `accounts:` and `accounts/*.yaml`

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::read::context::Context;
use crate::read::entry_files::EntryFiles;
use crate::read::fields::{Fields, entries};
use crate::read::known::unknown_unit;
use crate::read::node::{Entry, Node, Value};
use crate::read::organization::Draft;
use crate::read::scalar::text;
use crate::read::suggest::clip;
use crate::read::values::{TAGS, account_id, email, from_text, name, tags};
use crate::{Account, AccountName, Diagnostic, Place, TagKey, UnitPath, account_parameter, codes};

/// Accounts, with the names of those that could not be read.
#[derive(Default)]
pub(crate) struct Accounts {
    pub(crate) accounts: IndexMap<AccountName, Account>,
    pub(crate) broken: HashSet<String>,
    /// Whether selections may miss something.
    pub(crate) incomplete: bool,
}

/// What selectors and attachments say for something else than an account.
const RESERVED: [&str; 2] = ["all", "root"];

/// What an account must not share with another.
#[derive(Default)]
struct Taken {
    names: HashMap<String, Place>,
    emails: HashMap<String, (AccountName, Place)>,
    ids: HashMap<String, (AccountName, Place)>,
    parameters: HashMap<String, (AccountName, Place)>,
}

struct Reader<'r> {
    units: HashSet<&'r str>,
    unit_order: &'r [UnitPath],
    units_incomplete: bool,
    tags: &'r IndexMap<TagKey, String>,
    management: Option<&'r str>,
    taken: Taken,
}

/// Reads the accounts of the main file, then those that have a file each.
pub(crate) fn read(cx: &mut Context<'_>, node: &Node, files: &EntryFiles, organization: Option<&Draft>) -> Accounts {
    let empty = IndexMap::new();
    let mut reader = Reader {
        units: organization.map(|draft| draft.units.iter().map(UnitPath::as_str).collect()).unwrap_or_default(),
        unit_order: organization.map(|draft| draft.units.as_slice()).unwrap_or_default(),
        units_incomplete: organization.is_none_or(|draft| draft.incomplete),
        tags: organization.map_or(&empty, |draft| &draft.tags),
        management: organization.and_then(|draft| draft.management_account.as_ref()).map(|(name, _)| name.as_str()),
        taken: Taken::default(),
    };
    let mut out = Accounts::default();
    let Some(list) = entries(cx, node) else {
        out.incomplete = true;
        return out;
    };
    if list.is_empty() {
        cx.report(
            Diagnostic::error(codes::EMPTY_LIST, node.place, "there is no account")
                .help("the management account, at least, is written here with its id and e-mail address"),
        );
        out.incomplete = true;
    }
    for entry in list {
        let before = cx.found();
        let account = reader.entry(cx, entry);
        out.take(account, Some(&entry.key));
        out.incomplete |= cx.found() > before;
    }
    for node in &files.nodes {
        let before = cx.found();
        let account = reader.file(cx, node);
        out.take(account, node.peek("account"));
        out.incomplete |= cx.found() > before;
    }
    out.incomplete |= !files.unreadable.is_empty();
    out.broken.extend(files.unreadable.iter().cloned());
    out
}

impl Accounts {
    fn take(&mut self, account: Option<Account>, written: Option<&str>) {
        match account {
            Some(account) => {
                self.accounts.insert(account.name.clone(), account);
            }
            None => self.broken.extend(written.filter(|name| !self.accounts.contains_key(*name)).map(str::to_owned)),
        }
    }
}

impl Reader<'_> {
    /// An entry of the main file, where the name is the key.
    fn entry(&mut self, cx: &mut Context<'_>, entry: &Entry) -> Option<Account> {
        let place = entry.key_place;
        let name: Option<AccountName> = from_text(cx, &entry.key, place, codes::NAME);
        reserved(cx, &entry.key, place);
        self.taken.names.insert(entry.key.clone(), place);
        let fields = Fields::of(cx, &entry.value, "an account")?;
        self.account(cx, name, place, fields)
    }

    /// A file, where the name is one key among others.
    fn file(&mut self, cx: &mut Context<'_>, node: &Node) -> Option<Account> {
        let mut fields = Fields::of(cx, node, "an account's file")?;
        let name_node = fields.required("account", "write the account's name: `account: NAME`");
        let place = name_node.map_or(fields.place(), |node| node.place);
        let mut account_name: Option<AccountName> = name_node.and_then(|node| name(cx, node));
        if let Some(name) = &account_name {
            reserved(cx, name.as_str(), place);
            if let Some(first) = self.taken.names.get(name.as_str()) {
                cx.report(
                    Diagnostic::error(codes::DUPLICATE_NAME, place, format!("the name `{name}` is taken"))
                        .label("again here")
                        .related(*first, "first here")
                        .help("give one of them another name, or take one out"),
                );
                account_name = None;
            } else {
                self.taken.names.insert(name.as_str().to_owned(), place);
            }
        }
        self.account(cx, account_name, place, fields)
    }

    fn account(
        &mut self,
        cx: &mut Context<'_>,
        name: Option<AccountName>,
        place: Place,
        mut fields: Fields<'_>,
    ) -> Option<Account> {
        let id_node = fields.optional("id");
        let id = id_node.and_then(|node| account_id(cx, node));
        let email_node = fields.required("email", "write the address of the account's root user");
        let address = email_node.and_then(|node| email(cx, node));
        let unit_node = fields.optional("unit");
        let unit = unit_node.and_then(|node| self.unit(cx, node));
        let mut all_tags = self.tags.clone();
        if let Some(node) = fields.section("tags") {
            let own = tags(cx, node);
            let few = own.len() <= TAGS;
            all_tags.extend(own);
            if few && all_tags.len() > TAGS {
                let message = format!("{} tags with those of the organization, and AWS allows {TAGS}", all_tags.len());
                cx.report(Diagnostic::error(codes::TAG, node.place, message));
            }
        }
        fields.finish(cx);
        let name = name?;
        if self.management == Some(name.as_str()) {
            management(cx, place, id_node, unit_node);
        }
        if let (Some(address), Some(node)) = (&address, email_node) {
            let key = address.key();
            unique(cx, &mut self.taken.emails, key, &name, node.place, codes::DUPLICATE_EMAIL, "e-mail address");
        }
        if let (Some(id), Some(node)) = (&id, id_node) {
            let key = id.as_str().to_owned();
            unique(cx, &mut self.taken.ids, key, &name, node.place, codes::DUPLICATE_ID, "id");
        }
        self.parameter(cx, &name, place);
        Some(Account { name, id, email: address?, unit, tags: all_tags, place })
    }

    fn unit(&self, cx: &mut Context<'_>, node: &Node) -> Option<UnitPath> {
        if let Value::List(items) = &node.value {
            let message = "an account stands in exactly one unit";
            cx.report(
                Diagnostic::error(codes::TWO_UNITS, node.place, message)
                    .label(format!("a list of {}", items.len()))
                    .help("write one path; to select accounts across units use tags"),
            );
            return None;
        }
        let path = text(cx, node)?;
        if !self.units.contains(path) {
            if !self.units_incomplete {
                cx.report(unknown_unit(path, node.place, self.unit_order.iter().map(UnitPath::as_str)));
            }
            return None;
        }
        UnitPath::new(path).ok()
    }

    fn parameter(&mut self, cx: &mut Context<'_>, name: &AccountName, place: Place) {
        let parameter = account_parameter(name);
        if let Some((other, first)) = self.taken.parameters.get(&parameter) {
            let message = format!("`{name}` and `{other}` come to the same template parameter `{parameter}`");
            cx.report(
                Diagnostic::error(codes::SAME_PARAMETER, place, message)
                    .related(*first, "the other one")
                    .help("names must differ in more than `-` and the case of first letters"),
            );
        } else {
            self.taken.parameters.insert(parameter, (name.clone(), place));
        }
    }
}

fn reserved(cx: &mut Context<'_>, name: &str, place: Place) {
    if RESERVED.contains(&name) {
        let message = format!("`{name}` means something else in selectors");
        cx.report(Diagnostic::error(codes::NAME, place, message).help("give the account another name"));
    }
}

fn unique(
    cx: &mut Context<'_>,
    taken: &mut HashMap<String, (AccountName, Place)>,
    key: String,
    name: &AccountName,
    place: Place,
    code: crate::Code,
    what: &str,
) {
    if let Some((other, first)) = taken.get(&key) {
        let message = format!("the accounts `{other}` and `{name}` have the same {what} `{}`", clip(&key));
        cx.report(
            Diagnostic::error(code, place, message)
                .label("again here")
                .related(*first, "first here")
                .help("an account is written once and stands in one unit"),
        );
    } else {
        taken.insert(key, (name.clone(), place));
    }
}

fn management(cx: &mut Context<'_>, place: Place, id: Option<&Node>, unit: Option<&Node>) {
    if id.is_none() {
        cx.report(
            Diagnostic::error(codes::MANAGEMENT_ACCOUNT, place, "the management account needs its `id`")
                .help("before the first write Landfall checks that it is in the right organization"),
        );
    }
    if let Some(unit) = unit {
        cx.report(
            Diagnostic::error(codes::MANAGEMENT_ACCOUNT, unit.place, "the management account stays in the root")
                .help("take `unit` out: guardrails have no effect on this account anyway"),
        );
    }
}
