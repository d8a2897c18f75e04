//! Who asks.

use super::Context;
use super::arn_pattern::parts;

/// What kind of principal asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A role, that is: a session of it.
    Role,
    /// A session of `sts:GetFederationToken`.
    FederatedUser,
    /// Somebody whom an identity provider vouches for, before a role is assumed.
    Federated,
    /// An AWS service.
    Service,
    /// Nobody in particular: an unsigned request.
    Anonymous,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    kind: CallerKind,
    account: Option<Box<str>>,
    principal: Box<str>,
    session: Option<Box<str>>,
}

/// Why a text names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no caller: the ARN of a role, user, root user, session or identity provider, or the name of a service \
     such as `lambda.amazonaws.com` is wanted"
)]
pub struct CallerError(pub String);

impl Caller {
    /// Reads the ARN of a role, a role's session, a user, a federated user, an account's root user or an identity
    /// provider, or the name of a service. A session's ARN does not tell the path of its role: where
    /// `aws:PrincipalArn` matters, start from the role and add [`Caller::in_session`].
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, CallerError> {
        let refuse = || CallerError(text.to_owned());
        let Some(parts @ [_, _, service, _, account, resource]) = parts(text) else {
            return if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
                Ok(Self::new(CallerKind::Service, None, text))
            } else {
                Err(refuse())
            };
        };
        let own = |kind| Ok(Self::new(kind, Some(account), text));
        let (family, name) = resource.split_once('/').unwrap_or((resource, ""));
        match (service, family) {
            ("iam", "root") if name.is_empty() => own(CallerKind::Root),
            ("iam", "user") if !name.is_empty() => own(CallerKind::User),
            ("iam", "role") if !name.is_empty() => own(CallerKind::Role),
            ("iam", "oidc-provider" | "saml-provider") => own(CallerKind::Federated),
            ("sts", "federated-user") if !name.is_empty() => own(CallerKind::FederatedUser),
            ("sts", "assumed-role") => {
                let (role, session) = name.split_once('/').ok_or_else(refuse)?;
                let role = joined(parts, "iam", &["role", role].join("/"));
                Ok(Self::new(CallerKind::Role, Some(account), &role).in_session(session))
            }
            _ => Err(refuse()),
        }
    }

    /// An unsigned request.
    pub fn anonymous() -> Self {
        Self::new(CallerKind::Anonymous, None, "anonymous")
    }

    fn new(kind: CallerKind, account: Option<&str>, principal: &str) -> Self {
        Self { kind, account: account.map(Box::from), principal: principal.into(), session: None }
    }

    /// A session of this role by its name; others are not changed.
    #[must_use]
    pub fn in_session(mut self, name: &str) -> Self {
        if let (CallerKind::Role, Some(parts)) = (self.kind, parts(&self.principal)) {
            let resource = ["assumed-role", self.name(), name].join("/");
            self.session = Some(joined(parts, "sts", &resource).into());
        }
        self
    }

    /// What kind.
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// The account, for those who have one.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The ARN of the role, user or provider, or the name of the service.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The ARN of the role's session, if one is known.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The name without path.
    pub fn name(&self) -> &str {
        self.principal.rsplit(['/', ':']).next().unwrap_or_default()
    }

    /// Whether identity policies, boundaries and SCPs exist for such a caller.
    pub(super) fn has_policies(&self) -> bool {
        matches!(self.kind, CallerKind::User | CallerKind::Role | CallerKind::FederatedUser | CallerKind::Root)
    }

    /// Whether it is a role that only a service can assume, which SCPs and RCPs do not bind.
    /// Source: AWS Organizations User Guide, "SCP effects on permissions" and "RCP effects on permissions".
    pub(super) fn is_service_linked(&self) -> bool {
        self.kind == CallerKind::Role && self.principal.contains(":role/aws-service-role/")
    }

    /// Puts the keys into a context that follow from the caller and are not there yet.
    /// Source: IAM User Guide, "AWS global condition context keys".
    pub(super) fn describe(&self, context: &mut Context) {
        let kind = match self.kind {
            CallerKind::Root => "Account",
            CallerKind::User => "User",
            CallerKind::Role => "AssumedRole",
            CallerKind::FederatedUser => "FederatedUser",
            CallerKind::Anonymous => "Anonymous",
            CallerKind::Federated => {
                context.fill("aws:FederatedProvider", &self.principal);
                return;
            }
            CallerKind::Service => {
                context.fill("aws:PrincipalIsAWSService", "true");
                context.fill("aws:PrincipalServiceName", &self.principal);
                return;
            }
        };
        context.fill("aws:PrincipalType", kind);
        if let Some(account) = &self.account {
            context.fill("aws:PrincipalArn", &self.principal);
            context.fill("aws:PrincipalAccount", account);
            context.fill("aws:PrincipalIsAWSService", "false");
        }
        if self.kind == CallerKind::User {
            context.fill("aws:username", self.name());
        }
    }
}

fn joined([scheme, partition, _, _, account, _]: [&str; 6], service: &str, resource: &str) -> String {
    [scheme, partition, service, "", account, resource].join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read() {
        for (text, kind, account, name) in [
            ("arn:aws:iam::111122223333:root", CallerKind::Root, Some("111122223333"), "root"),
            ("arn:aws:iam::111122223333:user/a/bob", CallerKind::User, Some("111122223333"), "bob"),
            ("arn:aws-cn:iam::111122223333:role/a/app", CallerKind::Role, Some("111122223333"), "app"),
            ("arn:aws:sts::111122223333:assumed-role/app/s", CallerKind::Role, Some("111122223333"), "app"),
            ("arn:aws:sts::111122223333:federated-user/f", CallerKind::FederatedUser, Some("111122223333"), "f"),
            ("arn:aws:iam::111122223333:saml-provider/idp", CallerKind::Federated, Some("111122223333"), "idp"),
            ("lambda.amazonaws.com", CallerKind::Service, None, "lambda.amazonaws.com"),
        ] {
            let caller = Caller::parse(text).unwrap();
            assert_eq!((caller.kind(), caller.account(), caller.name()), (kind, account, name), "{text}");
        }
        for text in ["", "*", "111122223333", "arn:aws:iam::111122223333:group/g", "arn:aws:sts::1:assumed-role/x"] {
            assert_eq!(Caller::parse(text), Err(CallerError(text.to_owned())));
        }
    }

    #[test]
    fn a_session_belongs_to_its_role() {
        let role = Caller::parse("arn:aws:iam::111122223333:role/acme/app").unwrap().in_session("s");
        assert_eq!(role.session(), Some("arn:aws:sts::111122223333:assumed-role/app/s"));
        let session = Caller::parse("arn:aws:sts::111122223333:assumed-role/app/s").unwrap();
        assert_eq!(session.session(), Some("arn:aws:sts::111122223333:assumed-role/app/s"));
        assert_eq!(session.principal(), "arn:aws:iam::111122223333:role/app");
        assert_eq!(Caller::anonymous().in_session("s").session(), None);
    }
}
