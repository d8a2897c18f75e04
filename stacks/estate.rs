//! Every role of an organization as documents, each template read once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use landfall_model::{AccountId, AccountName, AccountSet, Foundation, Kind, OrganizationId, Place};
use landfall_policies::{ArnAccount, Document, Principal, Principals, aws_policy_document, iam_arn};

use crate::access::Author;
use crate::item::items;
use crate::{Digest, Role, Stack, TemplateScope, expected};

/// The id that stands for the account in which a template stands, in whichever of many that is.
pub(crate) const OWN: &str = "000000000000";

/// A policy that a role has.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// Its name; of a managed policy its ARN.
    pub(crate) name: String,
    /// Whose it is.
    pub(crate) author: Author,
    /// What it says.
    pub(crate) document: Cow<'static, Document>,
}

/// A role, in all accounts in which it is the same.
#[derive(Debug)]
pub(crate) struct RoleShape {
    /// The kind of its stack.
    pub(crate) kind: Kind,
    /// Where the item is defined that it comes from.
    pub(crate) place: Place,
    /// Where it stands.
    pub(crate) accounts: AccountSet,
    /// As IAM would have it.
    pub(crate) role: Role,
    /// The tags of its stack, which CloudFormation puts on the role too.
    pub(crate) tags: BTreeMap<String, String>,
    /// Who may assume it; accounts of the organization are holes.
    pub(crate) trust: Document,
    /// Its own policies, as far as their documents are known: inline ones first.
    pub(crate) held: Vec<Held>,
    /// The name of its boundary, a key of [`Estate::policies`].
    pub(crate) boundary: Option<String>,
}

/// All roles and managed policies.
#[derive(Debug)]
pub(crate) struct Estate {
    /// The roles.
    pub(crate) roles: Vec<RoleShape>,
    /// Managed policies by name, boundaries among them.
    pub(crate) policies: BTreeMap<String, (Document, Place)>,
    /// Accounts by the ids that documents have for them.
    pub(crate) names: HashMap<String, AccountName>,
}

impl Estate {
    /// Reads every template. One that cannot be read is somebody else's mistake.
    pub(crate) fn of<'s>(foundation: &Foundation, stacks: impl IntoIterator<Item = &'s Stack>) -> Self {
        let ids = ids(foundation);
        let names = ids.iter().map(|(name, id)| (id.as_str().to_owned(), name.clone())).collect();
        let mut estate = Self { roles: Vec::new(), policies: BTreeMap::new(), names };
        let mut groups: BTreeMap<(&Digest, Place, Kind), (&Stack, AccountSet)> = BTreeMap::new();
        for stack in stacks {
            let key = (&stack.body.digest, stack.place, stack.kind);
            let (_, accounts) = groups.entry(key).or_insert_with(|| (stack, AccountSet::new()));
            accounts.insert(stack.key.account.clone());
        }
        let mut read: Vec<_> = groups.into_values().collect();
        // Not in the order of digests, which any change of a template turns over.
        read.sort_by(|(a, _), (b, _)| (a.place, &a.key).cmp(&(b.place, &b.key)));
        for (stack, accounts) in read {
            estate.read(stack, &accounts, &ids);
        }
        let chosen = items(foundation).into_iter().flat_map(|item| {
            let place = item.place;
            item.managed.into_iter().map(move |arn| (place, arn.value.as_str()))
        });
        estate.resolve(&chosen.collect());
        estate
    }

    fn read(&mut self, stack: &Stack, accounts: &AccountSet, ids: &BTreeMap<AccountName, AccountId>) -> Option<()> {
        let organization = stand_in_organization()?;
        let mut scope = TemplateScope::of(stack, ids, Some(&organization)).ok()?;
        scope.account = AccountId::new(OWN).ok()?;
        let template = serde_json::from_str(&stack.body.json).ok()?;
        let identities = expected(&template, &scope).ok()?;
        for (name, policy) in identities.policies {
            if let Ok(document) = Document::parse(&policy.document.json()) {
                self.policies.insert(name.as_str().to_owned(), (document, stack.place));
            }
        }
        for role in identities.roles.into_values() {
            let trust = Document::parse(&role.trust.json()).unwrap_or_default();
            let inline = role.inline.iter().filter_map(|(name, document)| {
                let document = Cow::Owned(Document::parse(&document.json()).ok()?);
                Some(Held { name: name.as_str().to_owned(), author: Author::Role, document })
            });
            self.roles.push(RoleShape {
                kind: stack.kind,
                place: stack.place,
                accounts: accounts.clone(),
                tags: stack.tags.clone(),
                trust: self.symbolic(trust),
                held: inline.collect(),
                boundary: role.boundary.as_deref().and_then(|arn| arn.rsplit('/').next()).map(str::to_owned),
                role,
            });
        }
        Some(())
    }

    /// The documents of attached policies; all policies must be known before.
    fn resolve(&mut self, chosen: &BTreeSet<(Place, &str)>) {
        for shape in &mut self.roles {
            for arn in &shape.role.attached {
                let name = arn.rsplit('/').next().unwrap_or_default();
                if let Some(document) = aws_policy_document(arn) {
                    let document = Cow::Borrowed(document);
                    let by_user = chosen.contains(&(shape.place, arn.as_str()));
                    let author = if by_user { Author::Aws } else { Author::Required };
                    shape.held.push(Held { name: arn.clone(), author, document });
                } else if let Some((document, _)) = self.policies.get(name) {
                    let document = Cow::Owned(document.clone());
                    shape.held.push(Held { name: arn.clone(), author: Author::Organization, document });
                }
            }
        }
    }

    /// A trust in which the organization's accounts are holes again, so that others stand out.
    fn symbolic(&self, mut trust: Document) -> Document {
        for statement in &mut trust.statements {
            let Principals::Only(list) = &mut statement.principals else { continue };
            for principal in list {
                let Principal::Aws(text) = principal else { continue };
                let Some((account, resource)) = text.as_literal().and_then(account_and_resource) else { continue };
                let account = match self.names.get(account) {
                    _ if account == OWN => ArnAccount::Own,
                    Some(name) => ArnAccount::Of(name.clone()),
                    None => continue,
                };
                *text = iam_arn(account, resource);
            }
        }
        trust
    }

    /// The boundary of a role.
    pub(crate) fn boundary(&self, shape: &RoleShape) -> Option<&Document> {
        self.policies.get(shape.boundary.as_deref()?).map(|(document, _)| document)
    }
}

impl RoleShape {
    /// Whether it is the user's: Landfall's own are what they must be.
    pub(crate) fn is_users(&self) -> bool {
        !matches!(self.kind, Kind::BreakGlass | Kind::Automation | Kind::Alarm)
    }

    /// All documents that the user answers for. What a service needs of its role only the service itself can use, and
    /// nobody could take it away.
    pub(crate) fn own(&self) -> Vec<&Document> {
        let own = self.held.iter().filter(|held| held.author != Author::Required);
        own.map(|held| &*held.document).collect()
    }

    /// Its inline policies.
    pub(crate) fn inline(&self) -> impl Iterator<Item = &Document> {
        self.held.iter().filter(|held| held.author == Author::Role).map(|held| &*held.document)
    }
}

/// The id that stands in for the organization's.
pub(crate) const STAND_IN_ORGANIZATION: &str = "o-a1b2c3d4e5";

/// The same, parsed.
pub(crate) fn stand_in_organization() -> Option<OrganizationId> {
    OrganizationId::new(STAND_IN_ORGANIZATION).ok()
}

/// The account and the resource of an IAM ARN.
pub(crate) fn account_and_resource(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (service, account) = (parts.nth(2)?, parts.nth(1)?);
    (service == "iam").then_some((account, parts.next()?))
}

/// An id for every account, its own where it is known.
pub(crate) fn ids(foundation: &Foundation) -> BTreeMap<AccountName, AccountId> {
    let taken: BTreeSet<&str> =
        foundation.accounts.values().filter_map(|account| account.id.as_ref()).map(AccountId::as_str).collect();
    let mut free = (900_000_000_000_u64..).map(|number| number.to_string()).filter(|id| !taken.contains(id.as_str()));
    let mut out = BTreeMap::new();
    for (name, account) in &foundation.accounts {
        let id = account.id.clone().or_else(|| AccountId::new(free.next()?).ok());
        out.extend(id.map(|id| (name.clone(), id)));
    }
    out
}
