//! Roles, principals, statements and places, as people read them and as programs do.

use landfall_model::Place;
use landfall_policies::{Plain, Statement};
use landfall_stacks::access::{Because, LayerName, RoleId, Who, World};
use serde_json::{Value, json};

use crate::report::Files;

/// `landfall.yaml:57:16`
pub(crate) fn located(files: Files<'_>, place: Option<Place>) -> Option<String> {
    let place = place?;
    let source = files.sources.get(place.file)?;
    let (line, column) = files.sources.line_column(place)?;
    Some(format!("{}:{line}:{column}", files.path(&source.name)))
}

/// ` (landfall.yaml:57:16)`, or nothing.
pub(crate) fn in_brackets(files: Files<'_>, place: Option<Place>) -> String {
    located(files, place).map(|place| format!(" ({place})")).unwrap_or_default()
}

/// Somebody, in words.
pub(crate) fn who(world: &World, who: &Who) -> String {
    match who {
        Who::Role(role) => format!("role {}", world.role_name(*role)),
        Who::User(account, name) => format!("user {name} of {account}"),
        Who::Account(account) => format!("every principal of account {account} whose own policies allow it"),
        Who::External(arn) => match account_of_root(arn) {
            Some(id) => format!("account {id}, outside the organization"),
            None => format!("{arn}, outside the organization"),
        },
        Who::Principal(arn) => format!("whoever is {arn}"),
        Who::Service(name) => format!("AWS service {name}"),
        Who::Federated { provider, subjects } if subjects.is_empty() => {
            format!("whoever {provider} vouches for")
        }
        Who::Federated { provider, subjects } => format!("{provider} for {}", subjects.join(", ")),
        Who::Anyone => "anyone".to_owned(),
        Who::AnyoneBut(names) => format!("anyone but {}", names.join(", ")),
    }
}

fn account_of_root(arn: &str) -> Option<&str> {
    match arn.strip_suffix(":root") {
        Some(rest) => rest.rsplit(':').next(),
        None => (arn.len() == 12).then_some(arn),
    }
}

/// Somebody, for programs.
pub(crate) fn who_json(world: &World, who: &Who) -> Value {
    match who {
        Who::Role(role) => {
            json!({ "kind": "role", "account": world.account(*role), "name": world.shape(*role).name })
        }
        Who::User(account, name) => json!({ "kind": "user", "account": account, "name": name }),
        Who::Account(account) => json!({ "kind": "account", "account": account }),
        Who::External(arn) => json!({ "kind": "external", "principal": arn }),
        Who::Principal(arn) => json!({ "kind": "principal", "principal": arn }),
        Who::Service(name) => json!({ "kind": "service", "name": name }),
        Who::Federated { provider, subjects } => {
            json!({ "kind": "federated", "provider": provider, "subjects": subjects })
        }
        Who::Anyone => json!({ "kind": "anyone" }),
        Who::AnyoneBut(names) => json!({ "kind": "anyone-but", "principals": names }),
    }
}

/// A role, for programs.
pub(crate) fn role_json(world: &World, role: RoleId) -> Value {
    let shape = world.shape(role);
    json!({
        "account": world.account(role),
        "name": shape.name,
        "arn": world.shown(&world.arn(role)),
        "kind": shape.kind.map(|kind| kind.as_str()),
    })
}

/// A layer in words.
pub(crate) fn layer(layer: &LayerName) -> String {
    match layer {
        LayerName::Identity => "own policies".to_owned(),
        LayerName::Boundary => "permissions boundary".to_owned(),
        LayerName::Scp(at) if at.is_empty() => "service control policies".to_owned(),
        LayerName::Scp(at) => format!("service control policy at {at}"),
        LayerName::Rcp(at) if at.is_empty() => "resource control policies".to_owned(),
        LayerName::Rcp(at) => format!("resource control policy at {at}"),
        LayerName::Trust => "trust policy".to_owned(),
        LayerName::Resource => "resource's own policy".to_owned(),
    }
}

/// Why a layer stands in the way that denies nothing.
pub(crate) fn lacking(layer: &LayerName) -> String {
    match layer {
        LayerName::Identity => "none of its own policies allows it".to_owned(),
        LayerName::Boundary => "its permissions boundary does not let it through".to_owned(),
        LayerName::Scp(at) => format!("no service control policy at {at} lets it through"),
        LayerName::Rcp(at) => format!("no resource control policy at {at} lets it through"),
        LayerName::Trust => "the trust policy of that role does not let it in".to_owned(),
        LayerName::Resource => "no policy of the resource is known to let it in".to_owned(),
    }
}

/// "`Read`, statement 0 of `access` (own policies)"
pub(crate) fn because(one: &Because) -> String {
    let sid = one.statement.as_ref().and_then(|statement| statement.sid.as_deref());
    let which = sid.map_or_else(|| format!("statement {}", one.index), |sid| format!("`{sid}`"));
    match &one.layer {
        LayerName::Trust => format!("{which} of its trust policy"),
        other => format!("{which} of `{}` ({})", one.policy, layer(other)),
    }
}

/// A statement that decided, for programs.
pub(crate) fn because_json(files: Files<'_>, world: &World, one: &Because) -> Value {
    json!({
        "layer": layer(&one.layer),
        "policy": one.policy,
        "index": one.index,
        "sid": one.statement.as_ref().and_then(|statement| statement.sid.as_deref()),
        "statement": one.statement.as_ref().map(|statement| statement_json(world, statement)),
        "place": located(files, one.place),
    })
}

fn statement_json(world: &World, statement: &Statement) -> Value {
    let text = world.shown(&statement.render(&Plain).to_string());
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Text that cannot end a table's cell or begin HTML.
pub(crate) fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace('\n', " ")
}
