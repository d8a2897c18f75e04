//! Whom a resource policy means.

use super::arn_pattern::parts;
use super::{Caller, CallerKind};

/// How closely a resource policy names a caller. Source: IAM User Guide, "Policy evaluation for requests within a
/// single account": what is granted to a role is limited by its boundary and session policy, what is granted to a user
/// or a session is not, and what is granted to an account still wants an identity policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// Its account.
    Account,
    /// Its role.
    Role,
    /// Anyone.
    Anyone,
    /// Itself.
    Itself,
}

/// One principal of a resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Grantee {
    Anyone,
    Account(Box<str>),
    /// Role names are unique in an account whatever their paths, and a session's ARN does not tell the path.
    Role {
        account: Box<str>,
        name: Box<str>,
    },
    /// A user or a session by ARN.
    Exact(Box<str>),
    Service(Box<str>),
    Provider(Box<str>),
    /// One that no request here comes from.
    Unknown,
}

impl Grantee {
    /// Reads a value of `AWS`.
    pub(super) fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Account(text.into());
        }
        match parts(text) {
            Some([_, _, "iam", _, account, "root"]) => Self::Account(account.into()),
            Some([_, _, "iam", _, account, resource]) if resource.starts_with("role/") => {
                let name = resource.rsplit('/').next().unwrap_or_default();
                Self::Role { account: account.into(), name: name.into() }
            }
            Some(_) => Self::Exact(text.into()),
            None => Self::Unknown,
        }
    }

    /// How closely it names a caller, if at all.
    pub(super) fn names(&self, caller: &Caller) -> Option<Closeness> {
        let kind = caller.kind();
        let found = |is: bool, closeness| is.then_some(closeness);
        match self {
            Self::Anyone => Some(Closeness::Anyone),
            Self::Account(account) => {
                found(caller.has_policies() && caller.account() == Some(account), Closeness::Account)
            }
            Self::Role { account, name } => {
                let same = kind == CallerKind::Role && caller.account() == Some(account) && caller.name() == &**name;
                found(same, Closeness::Role)
            }
            Self::Exact(arn) => {
                let same = caller.session() == Some(arn) || (caller.has_policies() && caller.principal() == &**arn);
                found(same, Closeness::Itself)
            }
            Self::Service(name) => {
                found(kind == CallerKind::Service && caller.principal() == &**name, Closeness::Itself)
            }
            Self::Provider(arn) => {
                found(kind == CallerKind::Federated && caller.principal() == &**arn, Closeness::Itself)
            }
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_how_closely() {
        let session = Caller::parse("arn:aws:sts::111122223333:assumed-role/app/s").unwrap();
        let user = Caller::parse("arn:aws:iam::111122223333:user/bob").unwrap();
        let root = Caller::parse("arn:aws:iam::111122223333:root").unwrap();
        let service = Caller::parse("ec2.amazonaws.com").unwrap();
        let github = Caller::parse("arn:aws:iam::111122223333:oidc-provider/github").unwrap();
        let nobody = Caller::anonymous();
        let all = [&session, &user, &root, &service, &github, &nobody];
        let ask = |grantee: Grantee| all.map(|caller| grantee.names(caller));
        use Closeness::{Account, Anyone, Itself, Role};
        assert_eq!(ask(Grantee::aws("*")), [Some(Anyone); 6]);
        let account = [Some(Account), Some(Account), Some(Account), None, None, None];
        assert_eq!(ask(Grantee::aws("111122223333")), account);
        assert_eq!(ask(Grantee::aws("arn:aws:iam::111122223333:root")), account);
        assert_eq!(ask(Grantee::aws("444455556666")), [None; 6]);
        let role = ask(Grantee::aws("arn:aws:iam::111122223333:role/acme/app"));
        assert_eq!(role, [Some(Role), None, None, None, None, None]);
        assert_eq!(ask(Grantee::aws("arn:aws:iam::444455556666:role/app")), [None; 6]);
        let itself = ask(Grantee::aws("arn:aws:sts::111122223333:assumed-role/app/s"));
        assert_eq!(itself, [Some(Itself), None, None, None, None, None]);
        assert_eq!(ask(Grantee::aws("arn:aws:iam::111122223333:user/bob"))[1], Some(Itself));
        assert_eq!(ask(Grantee::aws("arn:aws:iam::111122223333:user/*")), [None; 6], "no wildcards in principals");
        assert_eq!(ask(Grantee::Service("ec2.amazonaws.com".into()))[3], Some(Itself));
        let provider = ask(Grantee::Provider("arn:aws:iam::111122223333:oidc-provider/github".into()));
        assert_eq!(provider, [None, None, None, None, Some(Itself), None]);
        assert_eq!(ask(Grantee::aws("AROAEXAMPLE")), [None; 6]);
    }
}
