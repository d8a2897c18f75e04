//! What is asked.

use super::arn_pattern::parts;
use super::{Caller, Context, Parts};

/// A question: may this caller do that to this resource?
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) caller: Caller,
    pub(super) action: Box<str>,
    pub(super) resource: Box<str>,
    pub(super) owner: Option<Box<str>>,
    pub(super) context: Context,
}

impl Request {
    /// A question. `action` is one action such as `s3:GetObject` in any case, `resource` an ARN, or `*` for an action
    /// that has none. Keys that follow from the caller and the resource (`aws:PrincipalArn`, `aws:PrincipalAccount`,
    /// `aws:ResourceAccount` …) are filled in unless the context has them.
    pub fn new(caller: Caller, action: &str, resource: &str, context: Context) -> Self {
        let owner = parts(resource).map(|parts| parts[4]).filter(|account| !account.is_empty()).map(Box::from);
        let mut request =
            Self { caller, action: action.to_lowercase().into(), resource: resource.into(), owner, context };
        request.caller.describe(&mut request.context);
        if let Some(owner) = &request.owner {
            request.context.fill("aws:ResourceAccount", owner);
        }
        request
    }

    /// With the account that owns the resource, where its ARN does not say, as in S3. Without one the resource counts
    /// as the caller's own.
    #[must_use]
    pub fn owned_by(mut self, account: &str) -> Self {
        self.owner = Some(account.into());
        self.context.fill("aws:ResourceAccount", account);
        self
    }

    /// The same with another context. Nothing is filled in.
    #[must_use]
    pub fn in_context(&self, context: Context) -> Self {
        Self { context, ..self.clone() }
    }

    /// The condition keys.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The action, in lower case.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The resource.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The service prefix of the action.
    pub(super) fn service(&self) -> &str {
        self.action.split_once(':').map_or("", |(service, _)| service)
    }

    /// The account of the resource.
    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.as_deref().or(self.caller.account())
    }
}

/// A question with its resource taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) request: &'q Request,
    pub(super) parts: Option<Parts<'q>>,
    pub(super) service: &'q str,
}

impl<'q> Question<'q> {
    pub(super) fn new(request: &'q Request) -> Self {
        Self { request, parts: parts(&request.resource), service: request.service() }
    }
}
