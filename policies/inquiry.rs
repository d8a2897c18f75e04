//! What a person asks about: whether there is such an action, resource or condition key.

use core::net::IpAddr;

use crate::database::{ActionFacts, Arity, Service, ValueType, database};
use crate::lint::{arns_meet, key_facts, similar_key};
use crate::{Context, closest};

/// Why something cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InquiryError {
    message: String,
    /// What to write instead.
    pub hint: String,
}

fn refuse<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, InquiryError> {
    Err(InquiryError { message: message.into(), hint: hint.into() })
}

fn meant(near: Option<String>, otherwise: &str) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{otherwise}; Landfall knows AWS's actions as of {}", database().date()),
    }
}

/// An action that exists, by `service:Name` in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inquiry {
    /// Its service.
    pub service: &'static Service,
    /// What AWS documents of it.
    pub action: &'static ActionFacts,
}

impl Inquiry {
    /// Looks an action up.
    ///
    /// # Errors
    /// It is a pattern, or there is none of that name.
    pub fn of(text: &str) -> Result<Self, InquiryError> {
        let Some((prefix, name)) = text.split_once(':') else {
            return refuse(format!("`{text}` is no action"), "write one with its service, such as s3:GetObject");
        };
        if text.contains(['*', '?']) {
            return refuse(
                format!("`{text}` is a pattern, and one action is asked for"),
                "`landfall access what-can` shows all that a role can do",
            );
        }
        let Some(service) = database().service(prefix) else {
            let near = closest(prefix, database().prefixes()).map(|near| [near, ":", name].concat());
            return refuse(format!("there is no service `{prefix}`"), meant(near, "look its prefix up"));
        };
        let Some(action) = service.action(name) else {
            let near = closest(name, service.actions.iter().map(|action| action.name));
            let near = near.map(|near| [service.prefix, ":", near].concat());
            return refuse(
                format!("there is no action `{text}`"),
                meant(near, "look it up in the Service Authorization Reference"),
            );
        };
        Ok(Self { service, action })
    }

    /// As AWS spells it.
    pub fn name(&self) -> String {
        [self.service.prefix, ":", self.action.name].concat()
    }

    /// Whether it is on a role.
    pub fn is_on_roles(&self) -> bool {
        let mut kinds = self.action.types.iter().filter_map(|at| self.service.types.get(*at));
        kinds.any(|kind| kind.name == "role")
    }

    /// Whether a resource is one that the action can be on.
    ///
    /// # Errors
    /// It is no ARN, one of something else, or `*` where the action needs one.
    pub fn resource(&self, text: &str) -> Result<(), InquiryError> {
        let kinds: Vec<&str> =
            self.action.types.iter().filter_map(|at| self.service.types.get(*at)).map(|kind| kind.arn).collect();
        let forms = || {
            let forms: Vec<&str> = kinds.iter().flat_map(|kind| kind.split(',')).take(4).collect();
            format!("it is on a resource of the form {}", forms.join(" or "))
        };
        let name = self.name();
        if text == "*" {
            return match self.action.required.is_empty() || kinds.contains(&"-") {
                true => Ok(()),
                false => refuse(format!("`{name}` needs a resource"), forms()),
            };
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let whole = matches!(parts.as_slice(), ["arn", partition, service, _, _, resource]
            if !partition.is_empty() && !service.is_empty() && !resource.is_empty());
        if !whole {
            return refuse(
                format!("`{text}` is no ARN"),
                format!("an ARN has six parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; {}", forms()),
            );
        }
        if kinds.is_empty() {
            return refuse(format!("`{name}` is on no resource of its own"), "write `*` for the resource");
        }
        match kinds.iter().any(|kind| arns_meet(kind, text)) {
            true => Ok(()),
            false => refuse(format!("`{name}` cannot be on `{text}`"), forms()),
        }
    }
}

/// A context of `key=value` texts; a key that may have many values may be there several times.
///
/// # Errors
/// There is no such key, a value is none of its type, or a key of one value is there twice.
pub fn context<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Context, InquiryError> {
    let mut many: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut out = Context::default();
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=') else {
            return refuse(format!("`{pair}` is no key with a value"), "write it as aws:SourceIp=203.0.113.7");
        };
        let foreign = key.split_once(':').is_some_and(|(host, claim)| host.contains('.') && !claim.is_empty());
        let facts = key_facts(key);
        if facts.is_none() && !foreign {
            let near = similar_key(key).map(str::to_owned);
            return refuse(
                format!("there is no condition key `{key}`"),
                meant(near, "look it up in the Service Authorization Reference"),
            );
        }
        if let Some(wanted) = facts.and_then(|facts| misfit(facts.value, value)) {
            return refuse(format!("`{value}` is no value of `{key}`"), format!("{wanted} is wanted"));
        }
        if facts.is_some_and(|facts| facts.arity == Arity::Many) {
            match many.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                Some((_, values)) => values.push(value),
                None => many.push((key, vec![value])),
            }
        } else if out.has(key) {
            return refuse(format!("`{key}` is there twice"), "a request has one value of it");
        } else {
            out = out.with(key, value);
        }
    }
    Ok(many.into_iter().fold(out, |out, (key, values)| out.with_many(key, values)))
}

/// What a value should be that is something else.
fn misfit(kind: ValueType, value: &str) -> Option<&'static str> {
    let (fits, wanted) = match kind {
        ValueType::Bool => (["true", "false"].contains(&value.to_ascii_lowercase().as_str()), "true or false"),
        ValueType::Numeric => (value.parse::<f64>().is_ok(), "a number"),
        ValueType::IpAddress => (value.parse::<IpAddr>().is_ok(), "an address such as 203.0.113.7"),
        ValueType::Arn => (value.starts_with("arn:"), "an ARN"),
        ValueType::String | ValueType::Date | ValueType::Binary => (true, ""),
    };
    (!fits).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(action: &str, resource: &str) -> String {
        let error = match Inquiry::of(action) {
            Ok(inquiry) => inquiry.resource(resource).unwrap_err(),
            Err(error) => error,
        };
        format!("{error}; {}", error.hint)
    }

    #[test]
    fn what_exists_can_be_asked() {
        for (action, resource) in [
            ("s3:getobject", "arn:aws:s3:::b/k/x"),
            ("s3:ListAllMyBuckets", "*"),
            ("ec2:DescribeInstances", "*"),
            ("sts:AssumeRole", "arn:aws:iam::111122223333:role/acme/x"),
            ("kms:Decrypt", "arn:aws-cn:kms:cn-north-1:111122223333:key/1"),
        ] {
            let inquiry = Inquiry::of(action).unwrap();
            assert_eq!(inquiry.resource(resource), Ok(()), "{action}");
            assert!(inquiry.name().eq_ignore_ascii_case(action));
        }
    }

    #[test]
    fn what_does_not_exist_is_told_with_what_was_meant() {
        insta::assert_snapshot!(
            [
                wrong("GetObject", "*"),
                wrong("s4:GetObject", "*"),
                wrong("s3:GetObjekt", "*"),
                wrong("s3:Get*", "*"),
                wrong("iam:PassRole", "*"),
                wrong("s3:GetObject", "bucket/key"),
                wrong("s3:GetObject", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"),
                wrong("s3:ListAllMyBuckets", "arn:aws:s3:::b"),
            ]
            .join("\n"),
            @r#"
        `GetObject` is no action; write one with its service, such as s3:GetObject
        there is no service `s4`; did you mean `s3:GetObject`?
        there is no action `s3:GetObjekt`; did you mean `s3:GetObject`?
        `s3:Get*` is a pattern, and one action is asked for; `landfall access what-can` shows all that a role can do
        `iam:PassRole` needs a resource; it is on a resource of the form arn:*:iam::*:role/*
        `bucket/key` is no ARN; an ARN has six parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; it is on a resource of the form arn:*:s3:*:*:accesspoint/*/object/* or arn:*:s3:::*/*
        `s3:GetObject` cannot be on `arn:aws:dynamodb:eu-west-1:111122223333:table/t`; it is on a resource of the form arn:*:s3:*:*:accesspoint/*/object/* or arn:*:s3:::*/*
        `s3:ListAllMyBuckets` is on no resource of its own; write `*` for the resource
        "#
        );
    }

    #[test]
    fn keys_are_looked_up() {
        let context = context(["aws:TagKeys=a", "aws:tagkeys=b", "aws:MultiFactorAuthPresent=true"]).unwrap();
        assert!(context.has("AWS:TagKeys") && context.has("aws:multifactorauthpresent"));
        let wrong = |pairs: &[&str]| {
            let error = super::context(pairs.iter().copied()).unwrap_err();
            format!("{error}; {}", error.hint)
        };
        insta::assert_snapshot!(
            [
                wrong(&["aws:SourceIP"]),
                wrong(&["aws:SourcIp=203.0.113.7"]),
                wrong(&["aws:SourceIp=office"]),
                wrong(&["aws:MultiFactorAuthPresent=yes"]),
                wrong(&["aws:SourceVpc=a", "aws:SourceVpc=b"]),
            ]
            .join("\n"),
            @r#"
        `aws:SourceIP` is no key with a value; write it as aws:SourceIp=203.0.113.7
        there is no condition key `aws:SourcIp`; did you mean `aws:SourceIp`?
        `office` is no value of `aws:SourceIp`; an address such as 203.0.113.7 is wanted
        `yes` is no value of `aws:MultiFactorAuthPresent`; true or false is wanted
        `aws:SourceVpc` is there twice; a request has one value of it
        "#
        );
    }
}
