//! `access:`, `statements:` and `managed_policies:`.

use crate::read::context::Context;
use crate::read::fields::{Fields, entries};
use crate::read::known::Known;
use crate::read::node::Node;
use crate::read::references::role_reference;
use crate::read::scalar::{each, filled_list, text, word};
use crate::read::suggest::{clip, closest, one_of};
use crate::read::values::{arn, managed_policies};
use crate::read::{json, policy_places, values};
use crate::{AccessMode, Diagnostic, Grant, Place, PolicyText, Reads, RoleAccess, codes};

const MODES: &[(&str, AccessMode)] =
    &[("read", AccessMode::Read), ("write", AccessMode::Write), ("delete", AccessMode::Delete)];

const GRANTS: [&str; 13] =
    ["s3", "logs", "secrets", "dynamodb", "ecr", "lambda", "sns", "sqs", "states", "batch", "bedrock", "kms", "assume"];

/// Reads the three lists.
pub(crate) fn role_access(cx: &mut Context<'_>, known: &Known, fields: &mut Fields<'_>) -> RoleAccess {
    let grants = fields.section("access").map(|node| each(cx, node, |cx, item| grant(cx, known, item)));
    let statements = fields.section("statements").map(|node| each(cx, node, statement));
    let policies = fields.section("managed_policies").map(|node| managed_policies(cx, node));
    RoleAccess {
        grants: grants.unwrap_or_default(),
        statements: statements.unwrap_or_default(),
        managed_policies: policies.unwrap_or_default(),
    }
}

/// A raw IAM statement.
fn statement(cx: &mut Context<'_>, node: &Node) -> Option<PolicyText> {
    let keys = entries(cx, node)?;
    let effect = keys.iter().find(|entry| entry.key == "Effect");
    let Some(effect) = effect else {
        let lower = keys.iter().any(|entry| entry.key.eq_ignore_ascii_case("effect"));
        let help = if lower {
            "IAM's keys begin with a capital: `Effect`, `Action`, `Resource`, `Condition`"
        } else {
            "write the statement as IAM has it: { Effect: Allow, Action: [...], Resource: [...] }"
        };
        cx.report(Diagnostic::error(codes::STATEMENT, node.place, "a statement needs `Effect`").help(help));
        return None;
    };
    word(cx, &effect.value, &[("Allow", ()), ("Deny", ())])?;
    policy_places::statement(cx, node);
    Some(PolicyText { json: json::value(node)?, place: node.place })
}

fn grant(cx: &mut Context<'_>, known: &Known, node: &Node) -> Option<Reads<Grant>> {
    let keys = entries(cx, node)?;
    let [entry] = keys else {
        let place = keys.get(1).map_or(node.place, |second| second.key_place);
        cx.report(
            Diagnostic::error(codes::EXACTLY_ONE, place, "an entry of `access` is one grant")
                .help("begin every grant with `- `, such as `- s3: { bucket: b, mode: read }`"),
        );
        return None;
    };
    let Some(keyword) = GRANTS.into_iter().find(|keyword| *keyword == entry.key) else {
        let message = format!("`{}` is no grant", clip(&entry.key));
        let diagnostic = Diagnostic::error(codes::UNKNOWN_KEY, entry.key_place, message);
        cx.report(match closest(&entry.key, GRANTS) {
            Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
            None => diagnostic.help(format!("the grants are {}; all else goes under `statements:`", one_of(GRANTS))),
        });
        return None;
    };
    let mut fields = Fields::of(cx, &entry.value, "this grant")?;
    let value = grant_of(cx, known, keyword, &mut fields);
    fields.finish(cx);
    Some(Reads { value: value?, place: entry.key_place })
}

fn grant_of(cx: &mut Context<'_>, known: &Known, keyword: &str, fields: &mut Fields<'_>) -> Option<Grant> {
    match keyword {
        "s3" => {
            let bucket = fields.required("bucket", "name the bucket").and_then(|node| bucket(cx, node));
            let prefix = fields.optional("prefix").map(|node| prefix(cx, node));
            let mode = mode(cx, fields);
            Some(Grant::S3 { bucket: bucket?, prefix: prefix.map_or(Some(None), |read| read.map(Some))?, mode: mode? })
        }
        "logs" => {
            let group = resource(cx, fields, "group", "/#");
            let mode = mode(cx, fields);
            Some(Grant::Logs { group: group?, mode: mode? })
        }
        "secrets" => {
            let path = fields.required("path", "write the path, such as `/batch-jobs/ml`")?;
            Some(Grant::Secrets { path: secrets_path(cx, path, Lead::Free)? })
        }
        "dynamodb" => {
            let table = resource(cx, fields, "table", "");
            let mode = mode(cx, fields);
            Some(Grant::Dynamodb { table: table?, mode: mode? })
        }
        "ecr" => {
            let repositories = resources(cx, fields, "repositories", "/");
            let mode = mode(cx, fields);
            Some(Grant::Ecr { repositories: repositories?, mode: mode? })
        }
        "lambda" => Some(Grant::Lambda { function: resource(cx, fields, "function", "")? }),
        "sns" => Some(Grant::Sns { topic: resource(cx, fields, "topic", "")? }),
        "sqs" => {
            let queue = resource(cx, fields, "queue", "");
            let mode = mode(cx, fields);
            Some(Grant::Sqs { queue: queue?, mode: mode? })
        }
        "states" => Some(Grant::States { machine: resource(cx, fields, "machine", "")? }),
        "batch" => {
            let queue = resource(cx, fields, "queue", "");
            let definition = resource(cx, fields, "definition", ":");
            Some(Grant::Batch { queue: queue?, definition: definition? })
        }
        "bedrock" => Some(Grant::Bedrock { models: resources(cx, fields, "models", ":/")? }),
        "kms" => {
            let key = fields.required("key", "write the key's ARN").and_then(|node| key_arn(cx, node));
            let place = fields.optional("mode").map(|node| node.place);
            let mode = mode(cx, fields);
            if let (Some(AccessMode::Delete), Some(place)) = (mode, place) {
                cx.report(
                    Diagnostic::error(codes::UNKNOWN_WORD, place, "a key cannot be used to delete")
                        .help("`read` decrypts, `write` encrypts"),
                );
                return None;
            }
            Some(Grant::Kms { key: key?, mode: mode? })
        }
        _ => {
            let role = fields.required("role", "write `role: ACCOUNT/NAME`")?;
            Some(Grant::Assume { role: role_reference(cx, known, role)? })
        }
    }
}

fn mode(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Option<AccessMode> {
    let node = fields.required("mode", "write `mode: read`, `write` or `delete`; one that needs two asks for two")?;
    word(cx, node, MODES)
}

/// A resource's name or pattern: what may stand in the last part of its ARN.
fn name_of(cx: &mut Context<'_>, node: &Node, also: &str) -> Option<String> {
    let text = text(cx, node)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.*?".contains(c) || also.contains(c);
    if !text.is_empty() && text.len() <= 512 && text.chars().all(allowed) {
        return Some(text.to_owned());
    }
    let message = format!("`{}` cannot be the name of such a resource", clip(text));
    cx.report(
        Diagnostic::error(codes::RESOURCE_NAME, node.place, message)
            .help("write its name, not its ARN; `*` at the end matches any"),
    );
    None
}

fn resource(cx: &mut Context<'_>, fields: &mut Fields<'_>, key: &'static str, also: &str) -> Option<String> {
    let node = fields.required(key, "write a name; `*` at the end matches any")?;
    name_of(cx, node, also)
}

fn resources(cx: &mut Context<'_>, fields: &mut Fields<'_>, key: &'static str, also: &str) -> Option<Vec<String>> {
    let node = fields.required(key, "write a list of names; `*` at the end matches any")?;
    let items = filled_list(cx, node)?;
    Some(items.iter().filter_map(|item| name_of(cx, item, also)).collect())
}

/// A bucket's name. Source: Amazon S3 User Guide, "General purpose bucket naming rules".
pub(crate) fn bucket(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let well_formed = (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && !text.contains("..")
        && text.parse::<std::net::Ipv4Addr>().is_err();
    if well_formed {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(codes::BUCKET, node.place, format!("`{}` is no name of a bucket", clip(text)))
            .help("3 to 63 lowercase letters, digits, `-` and `.`, without `s3://`, prefix or wildcard"),
    );
    None
}

/// A prefix that is a whole number of path parts: `P*` would match a neighbour that begins alike.
fn prefix(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let exact = text.trim_end_matches('*').trim_matches('/');
    let problem = if text.is_empty() {
        "an empty prefix means the whole bucket"
    } else if text.contains(['*', '?']) {
        "a prefix has no wildcard"
    } else if text.starts_with('/') || text.ends_with('/') {
        "a prefix neither begins nor ends with `/`"
    } else if text.contains("//") || text.chars().any(char::is_control) || text.len() > 1024 {
        "this is no prefix"
    } else if text.contains("${") {
        "a prefix has no policy variable"
    } else {
        return Some(text.to_owned());
    };
    let diagnostic = Diagnostic::error(codes::PREFIX, node.place, problem);
    cx.report(if exact.is_empty() || exact.contains(['*', '?', '$']) {
        diagnostic.help("leave `prefix` out for the whole bucket")
    } else {
        diagnostic.help(format!("write `{}`: it means everything below `{0}/`", clip(exact)))
    });
    None
}

/// Whether a path must begin with `/`: a team's does, so that teams are told apart; names of secrets need not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    Slash,
    Free,
}

/// A path of secrets.
pub(crate) fn secrets_path(cx: &mut Context<'_>, node: &Node, lead: Lead) -> Option<String> {
    let text = text(cx, node)?;
    let problem = if text.contains(['*', '?', '$']) {
        "a path of secrets has no wildcard"
    } else if lead == Lead::Slash && !text.starts_with('/') {
        "a path of secrets begins with `/`"
    } else if text.ends_with('/') {
        "a path of secrets does not end with `/`"
    } else if text.is_empty()
        || text.contains("//")
        || text.len() > 500
        || !text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c))
    {
        "this is no path of secrets"
    } else {
        return Some(text.to_owned());
    };
    let exact = text.trim_end_matches(['*', '?']).trim_matches('/');
    cx.report(
        Diagnostic::error(codes::SECRETS_PATH, node.place, problem)
            .help(format!("write `/{}`: it means everything below it", clip(exact))),
    );
    None
}

/// A KMS key's ARN; account and key may be wildcards.
pub(crate) fn key_arn(cx: &mut Context<'_>, node: &Node) -> Option<crate::Arn> {
    let arn = arn(cx, node)?;
    if arn.service() == "kms" && arn.resource().starts_with("key/") {
        return Some(arn);
    }
    cx.report(
        Diagnostic::error(codes::ARN, node.place, format!("`{}` is no KMS key", clip(arn.as_str())))
            .help("a key's ARN looks like arn:aws:kms:eu-west-1:111111111111:key/ID; an alias is no key"),
    );
    None
}

/// Refuses access of something whose roles are shared.
pub(crate) fn refuse(cx: &mut Context<'_>, place: Place, message: String, help: &str) {
    cx.report(Diagnostic::error(codes::KEY_NEEDS_ANOTHER, place, message).help(help));
}

/// `additional_job_policy_arns` reads as `managed_policies` does.
pub(crate) fn policy_arns(cx: &mut Context<'_>, node: &Node) -> Vec<Reads<crate::Arn>> {
    values::managed_policies(cx, node)
}

#[cfg(test)]
mod tests {
    use crate::read::tests::trial::with;
    use crate::{Code, codes};

    fn codes_of(grant: &str) -> Vec<Code> {
        let loaded = with(&format!(
            "services:\n  - {{ name: web, service: ec2, accounts: [app], boundary: workload, access: [{grant}] }}\n"
        ));
        loaded.diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn buckets_have_names_that_s3_allows() {
        for bucket in ["abc", "a.b-c", "0a9", &"a".repeat(63)] {
            assert_eq!(codes_of(&format!("{{ s3: {{ bucket: {bucket}, mode: read }} }}")), [], "{bucket}");
        }
        for bucket in ["ab", "Abc", "a_b", "-ab", "ab-", "a..b", "10.0.0.1", "a*b", &"a".repeat(64)] {
            let found = codes_of(&format!("{{ s3: {{ bucket: \"{bucket}\", mode: read }} }}"));
            assert_eq!(found, [codes::BUCKET], "{bucket}");
        }
    }

    #[test]
    fn prefixes_are_whole_parts() {
        for prefix in ["team", "team/raw", "with space", "dt=2026"] {
            assert_eq!(
                codes_of(&format!("{{ s3: {{ bucket: abc, prefix: \"{prefix}\", mode: read }} }}")),
                [],
                "{prefix}"
            );
        }
        for prefix in ["", "*", "team*", "team/*", "team/", "/team", "a//b", "te?m", "${aws:username}"] {
            let found = codes_of(&format!("{{ s3: {{ bucket: abc, prefix: \"{prefix}\", mode: read }} }}"));
            assert_eq!(found, [codes::PREFIX], "{prefix}");
        }
    }

    #[test]
    fn secrets_of_a_grant_may_have_no_slash_in_front() {
        assert_eq!(codes_of("{ secrets: { path: batch/ml } }"), []);
        assert_eq!(codes_of("{ secrets: { path: /batch/ml } }"), []);
        for path in ["/batch/", "/batch/*", "/", "a b", "''"] {
            assert_eq!(codes_of(&format!("{{ secrets: {{ path: {path} }} }}")), [codes::SECRETS_PATH], "{path}");
        }
    }

    #[test]
    fn names_of_resources_are_no_arns() {
        assert_eq!(codes_of("{ logs: { group: \"/aws/lambda/a#b*\", mode: read } }"), []);
        assert_eq!(codes_of("{ bedrock: { models: [\"amazon.titan-v1:0\"] } }"), []);
        assert_eq!(codes_of("{ sns: { topic: \"arn:aws:sns:x\" } }"), [codes::RESOURCE_NAME]);
        assert_eq!(codes_of("{ sqs: { queue: \"a b\", mode: read } }"), [codes::RESOURCE_NAME]);
    }
}
