//! Somebody who changes things behind Landfall's back, by the same calls that everybody has.

use std::collections::BTreeMap;
use std::sync::Arc;

use landfall_engine::port::{Access, Cloud as _, GuardrailContent, IdentityPort, Organizations};
use landfall_model::{AccountId, GuardrailKind, RoleName};
use landfall_sandbox::Sandbox;
use landfall_stacks::Role;
use serde_json::{Value, json};

use crate::desk::Desk;

pub(super) struct Hand {
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    accounts: BTreeMap<String, AccountId>,
    folder: std::path::PathBuf,
}

fn name(role: &str) -> RoleName {
    RoleName::new(role).unwrap()
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

impl Hand {
    pub(super) fn on(desk: &Desk) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let inside = runtime.enter();
        let sandbox = Sandbox::open_existing(desk.path().join(".landfall/acme.json")).unwrap();
        drop(inside);
        let accounts = sandbox.view().unwrap().accounts;
        let accounts = accounts.into_iter().map(|account| (account.name.clone(), account.id.clone())).collect();
        Self { runtime, sandbox, accounts, folder: desk.path().join("it") }
    }

    /// A file of the folder.
    pub(super) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    pub(super) fn id(&self, account: &str) -> &AccountId {
        &self.accounts[account]
    }

    fn identities<T>(&self, account: &str, act: impl AsyncFnOnce(Arc<dyn IdentityPort>) -> T) -> T {
        self.runtime.block_on(async {
            let role = name("OrganizationAccountAccessRole");
            let access = Access::Assume { account: self.id(account).clone(), role };
            act(self.sandbox.enter(&access).await.unwrap().identities()).await
        })
    }

    fn organization<T>(&self, act: impl AsyncFnOnce(Arc<dyn Organizations>) -> T) -> T {
        self.runtime.block_on(async { act(self.sandbox.organizations()).await })
    }

    pub(super) fn role(&self, account: &str, role: &str) -> Role {
        self.identities(account, async |iam| iam.role(&name(role)).await.unwrap().unwrap())
    }

    pub(super) fn attach(&self, account: &str, role: &str, policy: &str) {
        self.identities(account, async |iam| iam.attach(&name(role), policy).await.unwrap());
    }

    pub(super) fn detach(&self, account: &str, role: &str, policy: &str) {
        self.identities(account, async |iam| iam.detach(&name(role), policy).await.unwrap());
    }

    pub(super) fn inline(&self, account: &str, role: &str, policy: &str, statements: &[Value]) {
        let document = document(statements);
        self.identities(account, async |iam| iam.put_inline(&name(role), policy, &document).await.unwrap());
    }

    /// Changes the statements of the one inline policy.
    pub(super) fn own(&self, account: &str, role: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let (policy, document) = self.role(account, role).inline.pop_first().unwrap();
        let mut statements = document.json()["Statement"].as_array().unwrap().clone();
        change(&mut statements);
        self.inline(account, role, policy.as_str(), &statements);
    }

    pub(super) fn no_inline(&self, account: &str, role: &str) {
        let (policy, _) = self.role(account, role).inline.pop_first().unwrap();
        self.identities(account, async |iam| iam.delete_inline(&name(role), policy.as_str()).await.unwrap());
    }

    /// Changes the statements of a trust policy.
    pub(super) fn trust(&self, account: &str, role: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let mut statements = self.role(account, role).trust.json()["Statement"].as_array().unwrap().clone();
        change(&mut statements);
        let document = document(&statements);
        self.identities(account, async |iam| iam.put_trust(&name(role), &document).await.unwrap());
    }

    pub(super) fn describe(&self, account: &str, role: &str, text: &str) {
        let seconds = self.role(account, role).max_session;
        self.identities(account, async |iam| iam.update_role(&name(role), text, seconds).await.unwrap());
    }

    pub(super) fn session(&self, account: &str, role: &str, seconds: u32) {
        let text = self.role(account, role).description;
        self.identities(account, async |iam| iam.update_role(&name(role), &text, seconds).await.unwrap());
    }

    pub(super) fn tag(&self, account: &str, role: &str, key: &str, value: &str) {
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        self.identities(account, async |iam| iam.tag_role(&name(role), &tags).await.unwrap());
    }

    pub(super) fn roles(&self, account: &str, prefix: &str) -> Vec<String> {
        let all = self.identities(account, async |iam| iam.all().await.unwrap());
        all.roles.keys().map(ToString::to_string).filter(|name| name.starts_with(prefix)).collect()
    }

    pub(super) fn arn(&self, account: &str, resource: &str) -> String {
        format!("arn:aws:iam::{}:{resource}", self.id(account))
    }

    pub(super) fn boundary(&self, account: &str, role: &str, boundary: &str) {
        let arn = self.arn(account, &format!("policy/acme/acme-boundary-{boundary}"));
        self.identities(account, async |iam| iam.put_boundary(&name(role), &arn).await.unwrap());
    }

    /// Changes the statements of a boundary.
    pub(super) fn bound(&self, account: &str, boundary: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let arn = self.arn(account, &format!("policy/acme/acme-boundary-{boundary}"));
        self.identities(account, async |iam| {
            let policy = iam.policy(&arn).await.unwrap().unwrap();
            let mut statements = policy.document.json()["Statement"].as_array().unwrap().clone();
            change(&mut statements);
            iam.put_policy(&arn, &document(&statements)).await.unwrap();
        });
    }

    pub(super) fn audience(&self, account: &str, provider: &str, old: Option<&str>, new: Option<&str>) {
        let arn = self.arn(account, &["oidc-provider/", provider].concat());
        self.identities(account, async |iam| {
            if let Some(new) = new {
                iam.add_audience(&arn, new).await.unwrap();
            }
            if let Some(old) = old {
                iam.remove_audience(&arn, old).await.unwrap();
            }
        });
    }

    pub(super) fn metadata(&self, account: &str, provider: &str, text: &str) {
        let arn = self.arn(account, &["saml-provider/", provider].concat());
        self.identities(account, async |iam| iam.put_metadata(&arn, text).await.unwrap());
    }

    fn unit(&self, path: &str) -> String {
        self.organization(async |organizations| {
            let mut at = organizations.describe().await.unwrap().unwrap().root;
            for part in path.split('/').filter(|part| !part.is_empty()) {
                let units = organizations.units(&at).await.unwrap();
                at = units.into_iter().find(|(_, name)| name == part).unwrap().0;
            }
            at
        })
    }

    pub(super) fn place(&self, account: &str, unit: &str) {
        let (id, to) = (self.id(account).clone(), self.unit(unit));
        self.organization(async |organizations| {
            let from = organizations.parent_of(&id).await.unwrap();
            organizations.move_account(&id, &from, &to).await.unwrap();
        });
    }

    pub(super) fn tag_account(&self, account: &str, key: &str, value: &str) {
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let id = self.id(account).clone();
        self.organization(async |organizations| organizations.tag(id.as_str(), &tags).await.unwrap());
    }

    fn policy(&self, guardrail: &str) -> String {
        self.organization(async |organizations| {
            let all = organizations.guardrails(GuardrailKind::ServiceControl).await.unwrap();
            all.into_iter().find(|(_, name)| name == guardrail).unwrap().0
        })
    }

    /// Changes the statements of a guardrail.
    pub(super) fn guard(&self, guardrail: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let policy = self.policy(guardrail);
        self.organization(async |organizations| {
            let found = organizations.guardrail(&policy).await.unwrap().unwrap();
            let json: Value = serde_json::from_str(&found.content).unwrap();
            let mut statements = json["Statement"].as_array().unwrap().clone();
            change(&mut statements);
            let content = GuardrailContent { content: document(&statements).to_string(), ..found };
            organizations.update_guardrail(&policy, &content).await.unwrap();
        });
    }

    pub(super) fn attach_guardrail(&self, guardrail: &str, unit: &str) {
        let (policy, target) = (self.policy(guardrail), self.unit(unit));
        self.organization(async |organizations| organizations.attach_guardrail(&policy, &target).await.unwrap());
    }

    pub(super) fn detach_guardrail(&self, guardrail: &str, unit: &str) {
        let (policy, target) = (self.policy(guardrail), self.unit(unit));
        self.organization(async |organizations| organizations.detach_guardrail(&policy, &target).await.unwrap());
    }
}
